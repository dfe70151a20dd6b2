import { execFile } from 'node:child_process'
import { copyFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineId } from '../../../app/domain/ids.ts'
import { createDockerProvider } from '../../../main/providers/docker/provider.ts'
import type { Provider, ProviderChange } from '../../../main/providers/provider.ts'
import { describeFiles } from '../../conformance/files.ts'
import { openPodman, type Podman } from '../../support/podman.ts'
import { createOp, createTestHost, patient } from './docker-world.ts'

const run = promisify(execFile)
const endpointId = 'docker:podman' as const
let tool: Podman
let provider: Provider
const changes: ProviderChange[] = []

const podman = (...args: readonly string[]): Promise<string> => tool.run(...args)

beforeAll(async () => {
  tool = await openPodman()
  Object.assign(process.env, tool.env)
  delete process.env['DOCKER_CONFIG']
  await tool.importBusybox('local/busybox:1')
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  provider = createDockerProvider(createTestHost(join(tool.folder, 'home'), log, ['podman']))
  await provider.recover(createOp())
  provider.watch((change) => changes.push(change))
  await provider.probe(createOp())
})

afterAll(async () => {
  await provider?.dispose()
  await tool?.close()
})

describe('podman, through the same provider', () => {
  it('is an endpoint of its own', async () => {
    const { endpoints } = await provider.probe(createOp())
    expect(endpoints).toMatchObject([{ id: endpointId, label: 'Podman', state: 'ready', hostId: 'local' }])
  })

  describe('copies files', () => {
    let id: MachineId
    beforeAll(async () => {
      await podman('run', '--detach', '--name', 'files', 'localhost/local/busybox:1', 'sleep', '1000')
      await podman('exec', 'files', 'busybox', 'mkdir', '-p', '/srv/here')
      const found = (await provider.list(endpointId, createOp())).find(({ name }) => name === 'files')
      id = found?.id ?? 'docker:'
    })
    afterAll(() => podman('rm', '--force', '--time', '0', 'files'))
    describeFiles(async () => ({
      provider,
      id,
      folder: '/srv/here',
      readsPatterns: true,
      read: (path) =>
        promisify(execFile)('podman', ['exec', 'files', 'busybox', 'cat', path], {
          encoding: 'buffer',
          maxBuffer: 16_000_000,
        }).then(
          ({ stdout }) => stdout,
          () => null,
        ),
    }))
  })

  it('lists, runs, snapshots, restores and removes', async () => {
    const id = await provider.create?.create(
      {
        kind: 'container',
        endpointId,
        image: 'localhost/local/busybox:1',
        pull: 'missing',
        name: 'pod',
        command: [...patient],
        ports: [],
        mounts: [],
        environment: [{ name: 'A', value: 'b c' }],
        restart: 'no',
        startAfter: true,
      },
      createOp(),
    )
    if (id === undefined) throw new Error('not made')
    await provider.power.start(id, createOp())
    expect(await provider.list(endpointId, createOp())).toMatchObject([{ id, name: 'pod', state: 'running' }])
    await podman('exec', 'pod', 'sh', '-c', 'echo before > /note')
    const taken = await provider.snapshots?.take(id, { name: '“한글”', description: 'x\ny', memory: false }, createOp())
    await podman('exec', 'pod', 'sh', '-c', 'echo after > /note')
    await provider.snapshots?.restore(id, taken ?? '', createOp())
    expect(await podman('exec', 'pod', 'cat', '/note')).toBe('before')
    expect(await provider.list(endpointId, createOp())).toMatchObject([{ id, name: 'pod', state: 'running' }])
    const tree = await provider.snapshots?.tree(id, createOp())
    expect(tree?.snapshots.map((snapshot) => snapshot.name)).toContain('“한글”')
    await provider.snapshots?.undo(id, tree?.restores[0]?.id ?? '', createOp())
    expect(await podman('exec', 'pod', 'cat', '/note')).toBe('after')
    expect(await provider.consoles?.target(id, 'shell', { user: null, folder: null }, createOp())).toMatchObject({
      kind: 'pty',
      title: 'sh',
    })
    const [figures] = (await provider.stats?.read([id], createOp())) ?? []
    expect(figures?.memoryBytes).toBeGreaterThan(0)
    const trashId = await provider.remove?.remove(id, { volumes: [] }, createOp())
    expect(await provider.list(endpointId, createOp())).toEqual([])
    await provider.trash?.purge(trashId ?? '', createOp())
    expect(await podman('ps', '--all', '--quiet')).toBe('')
  })

  it('restores with the words of the entrypoint, the stop signal and the health check as they were', async () => {
    const loop = 'trap "exit 0" USR1; while :; do sleep 0.1; done'
    await podman(
      ...['run', '--detach', '--name', 'words', '--stop-signal', 'SIGUSR1', '--health-cmd', '["CMD","/bin/true"]'],
      ...['--entrypoint', JSON.stringify(['sh', '-c', loop]), 'localhost/local/busybox:1'],
    )
    const settings = async (): Promise<unknown> => {
      const [raw] = JSON.parse(await podman('container', 'inspect', 'words'))
      const { StopSignal, Healthcheck } = raw.Config
      return { words: [raw.Path, ...raw.Args], StopSignal, interval: Healthcheck?.Interval, test: testOf(Healthcheck) }
    }
    const testOf = (check: { Test?: string[] }) =>
      check?.Test?.join(' ')
        .replaceAll(/[^\w/-]+/g, ' ')
        .trim()
    const before = await settings()
    expect(before).toMatchObject({ words: ['sh', '-c', loop], test: 'CMD /bin/true' })
    const id = (await provider.list(endpointId, createOp())).find(({ name }) => name === 'words')?.id ?? 'docker:'
    const taken = await provider.snapshots?.take(id, { name: 's', description: '', memory: false }, createOp())
    await provider.snapshots?.restore(id, taken ?? '', createOp())
    expect(await settings()).toEqual(before)
    expect(await provider.read(id, createOp())).toMatchObject({ state: 'running' })
    await podman('rm', '--all', '--force', '--time', '0')
  })

  it('restores and removes a container with a restart policy, whose copies nothing starts at boot', async () => {
    await podman('volume', 'create', 'kept')
    const options = ['--detach', '--restart', 'always', '--volume', 'kept:/data', '--label', 'own=yes']
    await podman('run', ...options, '--name', 'always', 'localhost/local/busybox:1', ...patient)
    await podman('exec', 'always', 'sh', '-c', 'echo before > /note; echo held > /data/file')
    const id = (await provider.list(endpointId, createOp())).find(({ name }) => name === 'always')?.id ?? 'docker:'
    const taken = await provider.snapshots?.take(id, { name: 's', description: '', memory: false }, createOp())
    await podman('exec', 'always', 'sh', '-c', 'echo after > /note')
    await provider.snapshots?.restore(id, taken ?? '', createOp())
    expect(await podman('exec', 'always', 'cat', '/note', '/data/file')).toBe('before\nheld')
    const policies = async (): Promise<readonly string[]> => {
      const ids = (await podman('ps', '--all', '--quiet')).split('\n')
      const found: { HostConfig: { RestartPolicy: { Name: string } } }[] = JSON.parse(
        await podman('container', 'inspect', ...ids),
      )
      return found.map(({ HostConfig }) => HostConfig.RestartPolicy.Name).filter((name) => name === 'always')
    }
    expect(await policies()).toHaveLength(1)
    const [restore] = (await provider.snapshots?.tree(id, createOp()))?.restores ?? []
    await provider.snapshots?.undo(id, restore?.id ?? '', createOp())
    expect(await podman('exec', 'always', 'cat', '/note', '/data/file')).toBe('after\nheld')
    expect(await policies()).toHaveLength(1)
    expect(await podman('inspect', 'always', '--format', '{{.Config.Labels.own}}')).toBe('yes')
    const trashId = await provider.remove?.remove(id, { volumes: ['kept'] }, createOp())
    await provider.trash?.purge(trashId ?? '', createOp())
    expect(await podman('ps', '--all', '--quiet')).toBe('')
    expect(await podman('volume', 'ls', '--quiet')).toBe('')
  })

  it('lets a container go on whose snapshot is cancelled while podman has it paused', async () => {
    await podman('run', '--detach', '--name', 'large', 'localhost/local/busybox:1', ...patient)
    await podman('exec', 'large', 'busybox', 'dd', 'if=/dev/zero', 'of=/large', 'bs=1M', 'count=300')
    const id = (await provider.list(endpointId, createOp())).find(({ name }) => name === 'large')?.id ?? 'docker:'
    const op = createOp()
    const taken = provider.snapshots?.take(id, { name: 's', description: '', memory: false }, op)
    const state = (): Promise<string> => podman('inspect', 'large', '--format', '{{.State.Status}}')
    let isOver = false
    const ended = taken
      ?.catch(() => {})
      .then(() => {
        isOver = true
      })
    while (!isOver && (await state()) !== 'paused') {}
    op.abort()
    await ended
    expect(await state()).toBe('running')
    await podman('rm', '--all', '--force', '--time', '0')
  })

  it('tells what happens outside', tellsOutside)

  it('tells it as well once no process listens any more, and when the log is begun anew', async () => {
    const listening = async (): Promise<string> =>
      (await run('pgrep', ['-f', '^podman events']).catch(() => ({ stdout: '' }))).stdout
    await expect.poll(listening, { timeout: 15_000 }).toBe('')
    await tellsOutside()
    expect(await listening()).toBe('')
    // As podman does when it has grown too long.
    await copyFile(join(tool.folder, 'events.log'), join(tool.folder, 'next.log'))
    changes.length = 0
    await rename(join(tool.folder, 'next.log'), join(tool.folder, 'events.log'))
    await expect.poll(() => changes.map(({ kind }) => kind), { timeout: 10_000 }).toContain('endpoints')
    await provider.probe(createOp())
    await tellsOutside()
  })
})

async function tellsOutside(): Promise<void> {
  changes.length = 0
  await podman('run', '--detach', '--name', 'outside', 'local/busybox:1', ...patient)
  const told = (state: string) => () =>
    changes.some(
      (change) => change.kind === 'upsert' && change.machine.name === 'outside' && change.machine.state === state,
    )
  await expect.poll(told('running'), { timeout: 10_000 }).toBe(true)
  await podman('stop', '--time', '2', 'outside')
  await expect.poll(told('stopped'), { timeout: 10_000 }).toBe(true)
  await podman('rm', 'outside')
}
