import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MiB } from '../../../app/domain/units.ts'
import { describeFiles } from '../../conformance/files.ts'
import { errorFrom } from '../../conformance/ground.ts'
import { createOp, type DockerWorld, openDockerWorld } from './docker-world.ts'

let world: DockerWorld
beforeAll(async () => {
  world = await openDockerWorld()
  await world.daemon.docker('run', '--detach', '--name', 'box', 'local/busybox:1', 'sleep', '1000')
  await world.daemon.docker('exec', 'box', 'busybox', 'mkdir', '-p', '/srv/here')
})
afterAll(() => world?.close())

/** A file of a container by its own `cat`, whatever bytes it holds. */
async function catIn(name: string, path: string): Promise<Buffer | null> {
  const { daemon } = world
  const args = ['--context', daemon.context, 'exec', name, 'busybox', 'cat', path]
  const options = { env: { ...process.env, ...daemon.env }, encoding: 'buffer', maxBuffer: 16_000_000 } as const
  return promisify(execFile)('docker', args, options).then(
    ({ stdout }) => stdout,
    () => null,
  )
}

/** Settles when the engine has begun to write there. It answers nothing about a container that it copies into. */
async function begunIn(path: string): Promise<void> {
  const layers = join(world.daemon.folder, 'data/overlay2')
  const isBegun = async (): Promise<boolean> =>
    (await readdir(layers)).some((layer) => existsSync(join(layers, layer, 'diff', path)))
  await expect.poll(isBegun, { timeout: 20_000, interval: 10 }).toBe(true)
}

function isIn(name: string, path: string): Promise<boolean> {
  return world.daemon.docker('exec', name, 'busybox', 'test', '-e', path).then(
    () => true,
    () => false,
  )
}

describe('files of a container that runs', () => {
  describeFiles(async () => ({
    provider: world.provider,
    id: (await world.machine('box')).id,
    folder: '/srv/here',
    read: (path) => catIn('box', path),
  }))

  it('says that the disk is full where the copy goes to, and leaves nothing there', async () => {
    const place = await mkdtemp(join(tmpdir(), 'berth-tiny-'))
    await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', place])
    try {
      const { id } = await world.machine('box')
      const fetched = world.provider.files?.fetch(id, { inside: '/bin/busybox', path: join(place, 'copy') }, createOp())
      const error = await errorFrom(fetched ?? Promise.resolve())
      expect(error).toMatchObject({ code: 'no-space', message: { key: 'error.noSpace' } })
      expect(await readdir(place)).toEqual([])
    } finally {
      await promisify(execFile)('umount', [place])
      await rm(place, { recursive: true })
    }
  })

  it('takes away what a copy that was called off has left there', async () => {
    const from = await mkdtemp(join(tmpdir(), 'berth-large-'))
    const inside = `/srv/here/${basename(from)}`
    try {
      for (let number = 0; number < 20; number += 1)
        await writeFile(join(from, `part ${number}`), Buffer.alloc(20 * MiB, 1))
      const { id } = await world.machine('box')
      const copying = createOp()
      const sent = world.provider.files?.send(id, { path: from, folder: '/srv/here' }, copying) ?? Promise.resolve()
      const outcome = errorFrom(sent)
      await begunIn(inside)
      copying.abort()
      expect((await outcome).code).toBe('cancelled')
      expect(await isIn('box', inside)).toBe(false)
    } finally {
      await rm(from, { recursive: true })
    }
  })

  it('follows a link that is named', async () => {
    await world.daemon.docker('exec', 'box', 'busybox', 'ln', '-s', 'here', '/srv/link')
    const { id } = await world.machine('box')
    await world.provider.files?.send(id, { path: '/etc/hostname', folder: '/srv/link' }, createOp())
    expect(await catIn('box', '/srv/here/hostname')).not.toBeNull()
  })
})

describe('files of a container that is stopped', () => {
  it('that a copy left when it was called off are named, since nothing can take them away', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'berth-large-')), 'large.bin')
    try {
      await writeFile(path, Buffer.alloc(400 * MiB, 1))
      await world.daemon.docker('create', '--name', 'cold', '--workdir', '/srv', 'local/busybox:1', 'sleep', '1000')
      const { id } = await world.machine('cold')
      const copying = createOp()
      const outcome = errorFrom(world.provider.files?.send(id, { path, folder: '/srv' }, copying) ?? Promise.resolve())
      await begunIn('/srv/large.bin')
      copying.abort()
      expect(await outcome).toMatchObject({
        code: 'tool-failed',
        message: { key: 'files.partLeft', params: { path: '/srv/large.bin' } },
      })
    } finally {
      await rm(dirname(path), { recursive: true })
    }
  })

  it('are copied as well, and it stays stopped', async () => {
    const { daemon, provider } = world
    await daemon.docker('create', '--name', 'still', '--workdir', '/srv', 'local/busybox:1', 'sleep', '1')
    const { id } = await world.machine('still')
    const made = createOp()
    await provider.files?.send(id, { path: '/etc/hostname', folder: '/srv' }, made)
    expect(made.records.map(({ line, outcome }) => [line.includes(' cp '), outcome])).toEqual([[true, 'ok']])
    const again = provider.files?.send(id, { path: '/etc/hostname', folder: '/srv' }, createOp()) ?? Promise.resolve()
    expect((await errorFrom(again)).code).toBe('already-exists')
    expect((await world.machine('still')).state).toBe('stopped')
  })
})
