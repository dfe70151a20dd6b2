import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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

  it('follows a link that is named', async () => {
    await world.daemon.docker('exec', 'box', 'busybox', 'ln', '-s', 'here', '/srv/link')
    const { id } = await world.machine('box')
    await world.provider.files?.send(id, { path: '/etc/hostname', folder: '/srv/link' }, createOp())
    expect(await catIn('box', '/srv/here/hostname')).not.toBeNull()
  })
})

describe('files of a container that is stopped', () => {
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
