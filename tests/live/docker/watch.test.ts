import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOp, type DockerWorld, openDockerWorld, patient } from './docker-world.ts'

let world: DockerWorld
beforeAll(async () => {
  world = await openDockerWorld()
})
afterAll(() => world?.close())

const isUpsert = (name: string, state: string) => (change: DockerWorld['changes'][number]) =>
  change.kind === 'upsert' && change.machine.name === name && change.machine.state === state

describe('what happens outside', () => {
  it('is told as it happens: made, started, paused, resumed, renamed, ended, removed', async () => {
    const { daemon } = world
    await daemon.docker('run', '--detach', '--name', 'one', 'local/busybox:1', ...patient)
    await world.until(isUpsert('one', 'running'))
    await daemon.docker('pause', 'one')
    await world.until(isUpsert('one', 'paused'))
    world.changes.length = 0
    await daemon.docker('unpause', 'one')
    await world.until(isUpsert('one', 'running'))
    await daemon.docker('rename', 'one', 'two')
    await world.until(isUpsert('two', 'running'))
    const { id } = await world.machine('two')
    await daemon.docker('stop', 'two')
    await world.until(isUpsert('two', 'stopped'))
    await daemon.docker('rm', 'two')
    await world.until((change) => change.kind === 'removed' && change.id === id)
  })

  it('starts no process by itself while nothing happens', async () => {
    await world.daemon.docker('run', '--detach', '--name', 'calm', 'local/busybox:1', ...patient)
    await world.machine('calm')
    await world.until(isUpsert('calm', 'running'))
    // After the look that confirms the start there is nothing left to do.
    await world.quiet(3_000)
  })

  it('follows a daemon that is stopped and started again', async () => {
    const { daemon, provider } = world
    world.changes.length = 0
    await daemon.stop()
    await world.until((change) => change.kind === 'endpoints')
    const down = await provider.probe(createOp())
    expect(down.endpoints[0]).toMatchObject({ state: 'not-running', error: { code: 'unreachable' } })
    expect(down.endpoints[0]?.remedies[0]?.title.key).toBe('docker.remedy.startAt')

    world.changes.length = 0
    await daemon.start()
    await world.until((change) => change.kind === 'endpoints')
    expect((await provider.probe(createOp())).endpoints[0]?.state).toBe('ready')
    expect((await world.machine('calm')).state).toBe('stopped')
    world.changes.length = 0
    await daemon.docker('start', 'calm')
    await world.until(isUpsert('calm', 'running'))
  })

  it('follows a daemon that dies without a word', async () => {
    const { daemon, provider } = world
    world.changes.length = 0
    await daemon.kill()
    const killedMs = performance.now()
    await world.until((change) => change.kind === 'endpoints')
    // Some hundredths of a second on a quiet computer, and on any long before the next regular look, a minute later.
    expect(performance.now() - killedMs).toBeLessThan(20_000)
    expect((await provider.probe(createOp())).endpoints[0]?.state).toBe('not-running')
    world.changes.length = 0
    await daemon.start()
    await world.until((change) => change.kind === 'endpoints')
    expect((await provider.probe(createOp())).endpoints[0]?.state).toBe('ready')
  })

  it('sees contexts come and go', async () => {
    const { daemon, provider } = world
    world.changes.length = 0
    await daemon.docker('context', 'create', 'elsewhere', '--docker', 'host=tcp://127.0.0.1:1')
    await world.until((change) => change.kind === 'endpoints')
    const { endpoints } = await provider.probe(createOp())
    expect(endpoints.map(({ id, state }) => [id, state])).toEqual([
      ['docker:berth-test', 'ready'],
      ['docker:elsewhere', 'not-running'],
    ])
    world.changes.length = 0
    await daemon.docker('context', 'rm', 'elsewhere')
    await world.until((change) => change.kind === 'endpoints')
    expect((await provider.probe(createOp())).endpoints).toHaveLength(1)
  })

  it('says what is wrong with a context over ssh that nobody answers', async () => {
    const { daemon, provider } = world
    await daemon.docker('context', 'create', 'far', '--docker', 'host=ssh://nobody@127.0.0.1')
    const { endpoints, hosts } = await provider.probe(createOp())
    const far = endpoints.find(({ id }) => id === 'docker:far')
    expect(far).toMatchObject({
      state: 'unreachable',
      hostId: 'ssh://nobody@127.0.0.1',
      error: { code: 'unreachable' },
    })
    expect(far?.remedies[0]?.commands).toEqual(['ssh ssh://nobody@127.0.0.1 docker version'])
    expect(hosts.map(({ id }) => id)).toEqual(['local', 'ssh://nobody@127.0.0.1'])
    await daemon.docker('context', 'rm', 'far')
    await provider.probe(createOp())
  })

  it('lists two hundred containers with two commands', async () => {
    const { daemon, provider, endpointId } = world
    for (let made = 0; made < 200; made += 20) {
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          daemon.docker('create', '--name', `many-${made + index}`, 'local/busybox:1', 'true'),
        ),
      )
    }
    await world.quiet(1_000)
    const machines = await provider.list(endpointId, createOp())
    expect(machines.filter((machine) => machine.name.startsWith('many-'))).toHaveLength(200)
    expect(world.processes).toHaveLength(2)
  })
})
