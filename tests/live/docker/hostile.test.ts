import { execFileSync } from 'node:child_process'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AppError, errorOf } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { ContainerSpec } from '../../../app/domain/spec.ts'
import { write } from '../../../app/messages/write.ts'
import type { Provider } from '../../../main/providers/provider.ts'
import { hostileNames } from '../../conformance/hostile-names.ts'
import { wrongWith } from '../../conformance/tree.ts'
import { createOp, type DockerWorld, openDockerWorld, patient } from './docker-world.ts'

const specOf = (world: DockerWorld, fields: Partial<ContainerSpec>): ContainerSpec => ({
  kind: 'container',
  endpointId: world.endpointId,
  image: 'local/busybox:1',
  pull: 'never',
  name: null,
  command: [...patient],
  ports: [],
  mounts: [],
  environment: [],
  restart: 'no',
  startAfter: true,
  ...fields,
})

/** The error a promise ends with, which must be in words of both languages and must not be taken for a mistake of ours. */
async function errorFrom(promise: Promise<unknown> | undefined): Promise<AppError> {
  const error = await Promise.resolve(promise).then(
    () => null,
    (thrown: unknown) => errorOf(thrown),
  )
  if (error === null) throw new Error('succeeded where a failure was due')
  for (const locale of ['en', 'ko'] as const) {
    for (const text of [error.message, error.hint]) {
      if (text === null) continue
      expect(write(text, locale)).not.toMatch(/\{\w+\}/)
      expect(write(text, locale)).not.toBe(text.key)
    }
  }
  return error
}

async function make(
  world: DockerWorld,
  fields: Partial<ContainerSpec>,
  provider: Provider = world.provider,
): Promise<MachineId> {
  const id = await provider.create?.create(specOf(world, fields), createOp())
  if (id === undefined) throw new Error('nothing was made')
  return id
}

describe('what a person, a typo or a joker types', () => {
  let world: DockerWorld
  let provider: Provider
  beforeAll(async () => {
    world = await openDockerWorld()
    provider = world.provider
  })
  afterAll(() => world?.close())

  it('stays as it is in snapshots, over a restart of Berth', async () => {
    const id = await make(world, { name: 'named' }, provider)
    for (const name of hostileNames) {
      await provider.snapshots?.take(id, { name, description: name, memory: false }, createOp())
    }
    provider = await world.again()
    await provider.list(world.endpointId, createOp())
    const tree = await provider.snapshots?.tree(id, createOp())
    const byTime = [...(tree?.snapshots ?? [])].sort((a, b) => ((a.createdAt ?? '') < (b.createdAt ?? '') ? -1 : 1))
    expect(byTime.map((one) => [one.name, one.description])).toEqual(hostileNames.map((name) => [name, name]))
    const [first] = byTime
    for (const name of hostileNames) {
      await provider.snapshots?.edit(id, first?.id ?? '', { name, description: name }, createOp())
      const now = await provider.snapshots?.tree(id, createOp())
      expect(now?.snapshots.find((one) => one.id === first?.id)).toMatchObject({ name, description: name })
    }
    await provider.snapshots?.restore(id, byTime.at(-1)?.id ?? '', createOp())
    expect(await world.machine('named')).toMatchObject({ id })
  })

  it('is refused as a container’s name where the engine knows no such name, and nothing is made or renamed', async () => {
    const { daemon } = world
    const id = await make(world, { name: 'plain' }, provider)
    const before = await daemon.docker('ps', '--all', '--quiet')
    for (const name of hostileNames) {
      const made = await errorFrom(provider.create?.create(specOf(world, { name }), createOp()))
      expect([name, made.code, made.field]).toEqual([name, 'invalid-input', 'name'])
      const renamed = await errorFrom(provider.rename?.rename(id, name, createOp()))
      expect([name, renamed.code]).toEqual([name, 'invalid-input'])
    }
    expect(await daemon.docker('ps', '--all', '--quiet')).toBe(before)
    expect(await world.machine('plain')).toMatchObject({ id })
    const long = 'a'.repeat(200)
    await provider.rename?.rename(id, long, createOp())
    expect(await world.machine(long)).toMatchObject({ id })
  })

  it('reaches the container as it was typed: in its environment, its command and its folders', async () => {
    const { daemon } = world
    const environment = hostileNames.map((value, index) => ({ name: `V${index}`, value }))
    const folder = await mkdtemp(join(tmpdir(), 'berth-가, "x" '))
    const mounts = [{ type: 'bind' as const, source: folder, target: '/in, "x" 가', readOnly: false }]
    await make(world, { name: 'typed', environment, mounts, command: ['echo', ...hostileNames] }, provider)
    const [made] = JSON.parse(await daemon.docker('inspect', 'typed'))
    expect(made.Config.Env).toEqual(expect.arrayContaining(environment.map(({ name, value }) => `${name}=${value}`)))
    expect(made.Config.Cmd).toEqual(['echo', ...hostileNames])
    expect(made.HostConfig.Mounts[0]).toMatchObject({ Source: folder, Target: '/in, "x" 가' })
    await daemon.docker('rm', '--force', 'typed')
    await rm(folder, { recursive: true })
  })

  it('is refused with a sentence when it is no image, no folder, no volume, no limit', async () => {
    const { daemon } = world
    const wrong = (fields: Partial<ContainerSpec>) =>
      errorFrom(provider.create?.create(specOf(world, fields), createOp()))
    const before = await daemon.docker('ps', '--all', '--quiet')
    for (const image of ['--help', '../..', '{uuid}', '한글', 'a b', 'x'.repeat(300)]) {
      expect([image, (await wrong({ image })).code]).toEqual([image, 'invalid-input'])
    }
    expect((await wrong({ image: 'nosuch:1' })).code).toBe('not-found')
    const mount = { type: 'bind', source: '/no/such "folder", 가', target: '/x', readOnly: false } as const
    expect(await wrong({ mounts: [mount] })).toMatchObject({ code: 'not-found', field: 'mounts' })
    for (const source of ['--help', '../..', '한글', 'a b']) {
      expect([source, (await wrong({ mounts: [{ ...mount, type: 'volume', source }] })).code]).toEqual([
        source,
        'invalid-input',
      ])
    }
    expect(await daemon.docker('ps', '--all', '--quiet')).toBe(before)
    const id = await make(world, { name: 'limited' }, provider)
    expect((await errorFrom(provider.configure?.configure(id, { memoryBytes: 1 }, createOp()))).code).toBe(
      'invalid-input',
    )
    expect((await errorFrom(provider.configure?.configure(id, { cpus: 10_000 }, createOp()))).code).toBe(
      'invalid-input',
    )
    expect((await provider.configure?.read(id, createOp()))?.values).toMatchObject({ restart: 'no' })
  })

  it('a port in use is named, and the container starts once it is free', async () => {
    const port = { protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 18_977, containerPort: 80 } as const
    const first = await make(world, { name: 'first', ports: [port] }, provider)
    const second = await make(world, { name: 'second', ports: [port] }, provider)
    await provider.power.start(first, createOp())
    const error = await errorFrom(provider.power.start(second, createOp()))
    expect(error).toMatchObject({ code: 'in-use', message: { params: { port: '18977' } } })
    await provider.power.powerOff(first, createOp())
    await provider.power.start(second, createOp())
    expect((await provider.read(second, createOp()))?.state).toBe('running')
  })

  it('memory that it is not given ends it, and that is said', async () => {
    const command = ['sh', '-c', 'x=x; while :; do x=$x$x; done']
    const id = await make(world, { name: 'greedy', command }, provider)
    await provider.configure?.configure(id, { memoryBytes: 8 * 1024 * 1024 }, createOp())
    await provider.power.start(id, createOp())
    await expect.poll(async () => (await provider.read(id, createOp()))?.state).toBe('crashed')
    expect((await provider.read(id, createOp()))?.remark?.key).toBe('docker.remark.outOfMemory')
  })
})

describe.runIf(process.getuid?.() === 0 && process.platform === 'linux')('a full disk', () => {
  it('fails what needs room, loses nothing, and all goes on when there is room', async () => {
    const small = await mkdtemp(join(tmpdir(), 'berth-f-'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=192m', 'tmpfs', small])
    const given = process.env['TMPDIR']
    process.env['TMPDIR'] = small
    const world = await openDockerWorld().finally(() => {
      if (given === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = given
    })
    try {
      const { provider, daemon } = world
      const id = await make(world, { name: 'full' })
      await provider.power.start(id, createOp())
      await daemon.docker('exec', 'full', 'sh', '-c', 'echo before >/note')
      const take = (name: string) => provider.snapshots?.take(id, { name, description: '', memory: false }, createOp())
      const first = (await take('first')) ?? ''
      await daemon.docker('exec', 'full', 'sh', '-c', 'echo after >/note')
      const note = () => daemon.docker('exec', 'full', 'cat', '/note')
      await fill(join(small, 'ballast'))

      expect((await errorFrom(take('second'))).code).toBe('no-space')
      expect((await errorFrom(provider.create?.create(specOf(world, { name: 'other' }), createOp()))).code).toBe(
        'no-space',
      )
      expect((await errorFrom(provider.snapshots?.restore(id, first, createOp()))).code).toBe('no-space')
      expect((await provider.read(id, createOp()))?.state).toBe('running')

      await rm(join(small, 'ballast'))
      expect(await note()).toBe('after')
      const tree = await provider.snapshots?.tree(id, createOp())
      expect(tree?.snapshots.map(({ name }) => name)).toEqual(['first'])
      expect(tree === undefined ? ['no tree'] : wrongWith(tree)).toEqual([])
      expect((await provider.list(world.endpointId, createOp())).map(({ name }) => name)).toEqual(['full'])
      await provider.snapshots?.restore(id, first, createOp())
      expect(await note()).toBe('before')
    } finally {
      await world.close()
      execFileSync('umount', ['-l', small])
      await rm(small, { recursive: true })
    }
  })
})

/** Writes into a file until nothing fits any more. */
async function fill(path: string): Promise<void> {
  const ballast = await open(path, 'a')
  for (const size of [1024 * 1024, 4096]) {
    const block = Buffer.alloc(size, 1)
    const hasRoom = (): Promise<boolean> =>
      ballast.write(block).then(
        ({ bytesWritten }) => bytesWritten === block.length,
        () => false,
      )
    while (await hasRoom()) {
      // Goes on.
    }
  }
  await ballast.close()
}
