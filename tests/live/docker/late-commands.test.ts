import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Command } from '../../../main/exec/command.ts'
import type { Provider } from '../../../main/providers/provider.ts'
import { createOp, type DockerWorld, openDockerWorld, patient } from './docker-world.ts'

let world: DockerWorld
let provider: Provider
let id: MachineId
let snapshotId: string
beforeAll(async () => {
  world = await openDockerWorld()
})
afterAll(() => world?.close())

const docker = (...args: readonly string[]): Promise<string> => world.daemon.docker(...args)
const linesOf = async (...args: readonly string[]): Promise<readonly string[]> =>
  (await docker(...args)).split('\n').filter((line) => line !== '')
const names = async (): Promise<readonly string[]> =>
  (await linesOf('ps', '--all', '--format', '{{.Names}}')).toSorted()
const note = (): Promise<string> => docker('exec', 'db', 'cat', '/note')

beforeEach(async () => {
  const left = await linesOf('ps', '--all', '--quiet')
  if (left.length > 0) await docker('rm', '--force', ...left)
  provider = await world.again()
})

async function makeMachine(options: readonly string[] = [], command: readonly string[] = patient): Promise<void> {
  await docker('run', '--detach', '--restart', 'always', '--name', 'db', ...options, 'local/busybox:1', ...command)
  id = (await world.machine('db')).id
  await docker('exec', 'db', 'sh', '-c', 'echo before > /note')
  snapshotId = (await provider.snapshots?.take(id, { name: 's', description: '', memory: false }, createOp())) ?? ''
  await docker('exec', 'db', 'sh', '-c', 'echo after > /note')
}
const restored = () => provider.snapshots?.restore(id, snapshotId, createOp())
const restoresOf = async () => (await provider.snapshots?.tree(id, createOp()))?.restores ?? []

/**
 * Berth is killed while this command is under way, and the next one puts right what it finds. The command reaches its end only with
 * `finish`; where it `isBegun`, the engine works on it all the while.
 */
async function diesDuring(
  matches: (args: readonly string[]) => boolean,
  begin: () => unknown,
  { isBegun = false }: { readonly isBegun?: boolean } = {},
): Promise<{ readonly args: readonly string[]; readonly finish: () => Promise<unknown> }> {
  const real = world.host.exec
  let begun: Promise<unknown> | null = null
  const late = await new Promise<Command>((resolve) => {
    let isDead = false
    Object.assign(world.host, {
      exec: {
        ...real,
        run(command: Command, context: Parameters<typeof real.run>[1]) {
          if (!isDead && !matches(command.args)) return real.run(command, context)
          if (!isDead && isBegun) begun = real.run(command, createOp())
          if (!isDead) resolve(command)
          isDead = true
          return new Promise(() => {})
        },
      },
    })
    void begin()
  })
  Object.assign(world.host, { exec: real })
  provider = await world.again()
  await provider.list(world.endpointId, createOp())
  return { args: late.args, finish: () => begun ?? real.run(late, createOp()) }
}

const creates =
  (start: string) =>
  (args: readonly string[]): boolean =>
    args.includes('create') && args.some((arg) => arg.startsWith(start))

/** As the window does: lists again whenever the provider says so. */
async function listsUntil(found: () => Promise<unknown>, expected: unknown): Promise<void> {
  await expect
    .poll(
      async () => {
        const asked = world.changes.some(({ kind }) => kind === 'list')
        world.changes.length = 0
        if (asked) await provider.list(world.endpointId, createOp())
        return found()
      },
      { timeout: 20_000 },
    )
    .toEqual(expected)
}

describe('a command that outlives the Berth that gave it', () => {
  it('makes the container of a restore that was taken back: it is hidden, and removed at once', async () => {
    await makeMachine()
    const { finish } = await diesDuring(creates('berth-new.'), restored)
    expect(await names()).toEqual(['db'])
    world.changes.length = 0
    await finish()
    expect((await provider.list(world.endpointId, createOp())).map(({ name }) => name)).toEqual(['db'])
    expect(await names()).toEqual(['db'])
    expect(await note()).toBe('after')
  }, 60_000)

  it('is heard of by its event: nobody has to ask for the list', async () => {
    await makeMachine()
    const { finish } = await diesDuring(creates('berth-new.'), restored)
    world.changes.length = 0
    await finish()
    await listsUntil(names, ['db'])
  }, 60_000)

  it('makes the container on trial, or the copy, of a container that compose owns: neither stays', async () => {
    await makeMachine(['--label', 'com.docker.compose.project=p'])
    const trial = await diesDuring(creates('berth-new.'), restored)
    world.changes.length = 0
    await trial.finish()
    await listsUntil(names, ['db'])

    const copy = await diesDuring((args) => args.includes('commit'), restored)
    await copy.finish()
    const copies = () => linesOf('image', 'ls', '--quiet', 'berth-kept')
    expect(await copies()).toHaveLength(1)
    const tree = await provider.snapshots?.tree(id, createOp())
    expect(tree?.snapshots.map(({ name }) => name)).toEqual(['s'])
    expect(tree?.restores).toEqual([])
    await expect.poll(copies, { timeout: 20_000 }).toEqual([])
    expect(await note()).toBe('after')
  }, 120_000)

  it('makes the holder of a copy that was discarded meanwhile: it is removed', async () => {
    await makeMachine(['--label', 'com.docker.compose.project=p'])
    const { args, finish } = await diesDuring(creates('berth-kept.'), restored)
    const [restore] = await restoresOf()
    await provider.snapshots?.letGo(id, restore?.id ?? '', createOp())
    expect(await names()).toEqual(['db'])
    // The command had found its image before that went with the copy.
    const image = args.find((arg) => arg.startsWith('berth-kept:')) ?? ''
    await docker('tag', 'local/busybox:1', image)
    world.changes.length = 0
    await finish()
    await listsUntil(names, ['db'])
    await docker('image', 'rm', image)
  }, 60_000)

  it('stops the container of a restore that was taken back: it is waited for, and the container runs again', async () => {
    await makeMachine(['--stop-timeout', '2'], ['sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done'])
    const { finish } = await diesDuring((args) => args.includes('stop'), restored, { isBegun: true })
    await finish()
    expect(await docker('inspect', 'db', '--format', '{{.State.Status}} {{.HostConfig.RestartPolicy.Name}}')).toBe(
      'running always',
    )
    expect((await world.machine('db')).state).toBe('running')
    expect(await restoresOf()).toEqual([])
    expect(await note()).toBe('after')
  }, 60_000)

  it('leaves what somebody has started, or what is another Berth’s, in the list', async () => {
    await makeMachine()
    const { finish } = await diesDuring(creates('berth-new.'), restored)
    await provider.dispose()
    await finish()
    const [made = ''] = (await names()).filter((name) => name.startsWith('berth-new.'))
    await docker('start', made)
    await docker('create', '--name', 'berth-new.0123456789abcdef.db', 'local/busybox:1')
    provider = await world.again()
    await provider.list(world.endpointId, createOp())
    const listed = (await provider.list(world.endpointId, createOp())).map(({ name }) => name)
    expect(listed.toSorted()).toEqual([made, 'berth-new.0123456789abcdef.db', 'db'].toSorted())
  }, 60_000)
})

describe('a look at what an event spoke of', () => {
  it('that fails leads to a list, so that nothing stays as it was last known', async () => {
    await makeMachine()
    const real = world.host.exec
    let isFailing = true
    Object.assign(world.host, {
      exec: {
        ...real,
        async run(command: Command, context: Parameters<typeof real.run>[1]) {
          const result = await real.run(command, context)
          if (!isFailing || !command.args.includes('inspect')) return result
          isFailing = false
          return { ...result, reason: 'signal', signal: 'SIGKILL', exitCode: null, stdout: '' }
        },
      },
    })
    world.changes.length = 0
    await docker('pause', 'db')
    await world.until(({ kind }) => kind === 'list')
    Object.assign(world.host, { exec: real })
    expect((await world.machine('db')).state).toBe('paused')
    await docker('unpause', 'db')
  }, 60_000)
})
