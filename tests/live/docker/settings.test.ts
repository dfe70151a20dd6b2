import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOp, type DockerWorld, openDockerWorld, patient } from './docker-world.ts'

const image = 'local/busybox:1'
let world: DockerWorld
beforeAll(async () => {
  world = await openDockerWorld()
})
afterAll(() => world?.close())

const docker = (...args: readonly string[]): Promise<string> => world.daemon.docker(...args)
const inspect = async (name: string) => JSON.parse(await docker('container', 'inspect', name))[0]

async function restoreFromSnapshot(name: string): Promise<void> {
  const { id } = await world.machine(name)
  const snapshotId = await world.provider.snapshots?.take(
    id,
    { name: 'before', description: '', memory: false },
    createOp(),
  )
  await world.provider.snapshots?.restore(id, snapshotId ?? '', createOp())
}

async function noticeOf(name: string): Promise<readonly string[]> {
  const { id } = await world.machine(name)
  const { notices } = await world.provider.details(id, createOp())
  return notices.map(({ text }) => String(text.params?.['settings'] ?? text.key))
}

describe('a restored container', () => {
  it('cannot write to a volume that came read-only from another container', async () => {
    await docker('create', '--name', 'source', '-v', 'conf:/conf:ro', image, 'true')
    await docker('run', '-d', '--name', 'reader', '--volumes-from', 'source', image, ...patient)
    await restoreFromSnapshot('reader')
    await expect(docker('exec', 'reader', 'touch', '/conf/x')).rejects.toThrow('Read-only file system')
    expect(await noticeOf('reader')).toEqual([])
  })

  it('stays off every network when it was taken off its only one', async () => {
    await docker('network', 'create', 'left')
    await docker('network', 'create', 'stayed')
    await docker('run', '-d', '--name', 'alone', '--network', 'left', image, ...patient)
    await docker('network', 'disconnect', 'left', 'alone')
    await docker('run', '-d', '--name', 'moved', '--network', 'left', image, ...patient)
    await docker('network', 'connect', 'stayed', 'moved')
    await docker('network', 'disconnect', 'left', 'moved')
    await restoreFromSnapshot('alone')
    await restoreFromSnapshot('moved')
    expect(Object.keys((await inspect('alone')).NetworkSettings.Networks)).toEqual(['none'])
    expect(Object.keys((await inspect('moved')).NetworkSettings.Networks)).toEqual(['stayed'])
    expect(await noticeOf('moved')).toEqual([])
  })

  it('keeps its address and aliases in a network that was named by its id', async () => {
    const id = await docker('network', 'create', '--subnet', '10.93.7.0/24', 'numbered')
    const flags = ['--network', id, '--ip', '10.93.7.50', '--network-alias', 'db']
    await docker('run', '-d', '--name', 'fixed', ...flags, image, ...patient)
    await restoreFromSnapshot('fixed')
    const { numbered } = (await inspect('fixed')).NetworkSettings.Networks
    expect(numbered.IPAddress).toBe('10.93.7.50')
    expect(numbered.Aliases).toContain('db')
  })

  it('is in the network of another container again', async () => {
    await docker('run', '-d', '--name', 'tunnel', image, ...patient)
    await docker('run', '-d', '--name', 'beside', '--network', 'container:tunnel', image, ...patient)
    await restoreFromSnapshot('beside')
    const { HostConfig, State } = await inspect('beside')
    expect([HostConfig.NetworkMode, State.Status]).toEqual([`container:${(await inspect('tunnel')).Id}`, 'running'])
  })

  it('has its seccomp profile and its unmasked paths, whether or not the profile’s file is still there', async () => {
    const profile = join(world.home, 'profile.json')
    const content = { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [{ names: ['swapon'], action: 'SCMP_ACT_ERRNO' }] }
    await writeFile(profile, JSON.stringify(content))
    const flags = ['--security-opt', `seccomp=${profile}`, '--security-opt', 'systempaths=unconfined']
    await docker('run', '-d', '--name', 'guarded', ...flags, image, ...patient)
    await rm(profile)
    const before = (await inspect('guarded')).HostConfig
    await restoreFromSnapshot('guarded')
    const after = (await inspect('guarded')).HostConfig
    expect(after.SecurityOpt).toEqual(before.SecurityOpt)
    expect([after.MaskedPaths, after.ReadonlyPaths]).toEqual([[], []])
    expect(await noticeOf('guarded')).toEqual(['docker.notice.seccomp'])
    // Nothing of the profile is left lying about.
    expect(await readdir(world.host.runtimeDir).catch(() => [])).toEqual([])
  })

  it('still has out what is mounted below a folder of its host', async () => {
    const mount = `type=bind,source=${world.home},target=/srv,bind-nonrecursive`
    await docker('run', '-d', '--name', 'shallow', '--mount', mount, image, ...patient)
    await restoreFromSnapshot('shallow')
    expect((await inspect('shallow')).HostConfig.Mounts[0].BindOptions).toMatchObject({ NonRecursive: true })
    expect(await noticeOf('shallow')).toEqual([])
  })
})

describe('a restore that cannot work', () => {
  it('is refused before anything is stopped, when a bound file is gone', async () => {
    const path = join(world.home, 'gone.conf')
    await writeFile(path, 'x')
    await docker('run', '-d', '--name', 'bound', '-v', `${path}:/f.conf`, image, ...patient)
    const { Id, State } = await inspect('bound')
    await rm(path)
    await expect(restoreFromSnapshot('bound')).rejects.toMatchObject({
      error: { code: 'not-found', message: { key: 'docker.error.noFolder', params: { path } } },
    })
    expect((await inspect('bound')).State.StartedAt).toBe(State.StartedAt)

    // The engine itself makes a folder there when it is asked in the old way.
    await mkdir(path)
    await expect(restoreFromSnapshot('bound')).rejects.toMatchObject({
      error: { message: { key: 'docker.error.unmountable', params: { paths: path } } },
    })
    const after = await inspect('bound')
    expect([after.Id, after.State.StartedAt]).toEqual([Id, State.StartedAt])
    expect(await docker('ps', '--all', '--format', '{{.Names}}', '--filter', 'name=berth-new')).toBe('')
  })
})

describe('an undo that cannot work', () => {
  it('is refused before the present container is stopped', async () => {
    const path = join(world.home, 'undone.conf')
    await writeFile(path, 'x')
    await docker('run', '-d', '--name', 'undone', '-v', `${path}:/f.conf`, image, ...patient)
    await restoreFromSnapshot('undone')
    const present = await inspect('undone')
    await rm(path)
    await mkdir(path)
    const { id } = await world.machine('undone')
    const [record] = (await world.provider.snapshots?.tree(id, createOp()))?.restores ?? []
    await expect(world.provider.snapshots?.undo(id, record?.id ?? '', createOp())).rejects.toMatchObject({
      error: { message: { key: 'docker.error.unmountable' } },
    })
    const after = await inspect('undone')
    expect([after.Id, after.State.StartedAt]).toEqual([present.Id, present.State.StartedAt])
  })
})

describe('a container with a large environment', () => {
  it('has a snapshot and is restored with all of it', async () => {
    const value = randomBytes(45_000).toString('base64')
    const environment = ['V0', 'V1', 'V2'].map((name) => `${name}=${value}`)
    const file = join(world.home, 'large.env')
    await writeFile(file, environment.join('\n'))
    await docker('run', '-d', '--name', 'large', '--env-file', file, image, ...patient)
    await restoreFromSnapshot('large')
    expect((await inspect('large')).Config.Env).toEqual(expect.arrayContaining(environment))
    expect(await noticeOf('large')).toEqual([])
  })
})

describe('a context whose file is damaged', () => {
  it('leaves the others as they are, and is named with its file', async () => {
    const path = join(world.daemon.env.DOCKER_CONFIG, 'contexts/meta', 'f'.repeat(64))
    await mkdir(path)
    await writeFile(join(path, 'meta.json'), '')
    try {
      const { endpoints } = await world.provider.probe(createOp())
      expect(endpoints.find(({ id }) => id === world.endpointId)?.state).toBe('ready')
      const broken = endpoints.find(({ state }) => state === 'broken')
      expect(broken?.error?.message).toEqual({
        key: 'docker.error.contextFile',
        params: { path: join(path, 'meta.json') },
      })
      expect((await world.provider.list(world.endpointId, createOp())).length).toBeGreaterThan(0)
    } finally {
      await rm(path, { recursive: true })
    }
  })
})
