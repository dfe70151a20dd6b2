import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { MachineId } from '../../../app/domain/ids.ts'
import { errorFrom } from '../../conformance/ground.ts'
import { createOp, type DockerWorld, openDockerWorld, patient } from './docker-world.ts'

const run = promisify(execFile)
/** All that an image of Docker's own store can have. */
const maxLayers = 125

let world: DockerWorld
beforeAll(async () => {
  world = await openDockerWorld()
})
afterAll(() => world?.close())

/** Makes an image of so many layers: that of busybox, and one little one again and again. */
async function loadDeep(layerCount: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-layers-'))
  const at = (...names: readonly string[]): string => join(folder, ...names)
  try {
    await world.daemon.docker('save', '--output', at('saved.tar'), 'local/busybox:1')
    await mkdir(at('saved'))
    await run('tar', ['-C', at('saved'), '-xf', at('saved.tar')])
    const [saved] = JSON.parse(await readFile(at('saved/manifest.json'), 'utf8'))
    const config = JSON.parse(await readFile(at('saved', saved.Config), 'utf8'))
    await mkdir(at('little/etc'), { recursive: true })
    await writeFile(at('little/etc/added'), 'x')
    await mkdir(at('deep'))
    await run('tar', ['-C', at('little'), '-cf', at('deep/little.tar'), '.'])
    await copyFile(at('saved', saved.Layers[0]), at('deep/base.tar'))
    const little = `sha256:${createHash('sha256')
      .update(await readFile(at('deep/little.tar')))
      .digest('hex')}`
    const added = layerCount - 1
    const rootfs = { type: 'layers', diff_ids: [config.rootfs.diff_ids[0], ...Array(added).fill(little)] }
    await writeFile(at('deep/config.json'), JSON.stringify({ ...config, rootfs, history: [] }))
    const reference = `local/deep:${layerCount}`
    const layers = ['base.tar', ...Array(added).fill('little.tar')]
    await writeFile(
      at('deep/manifest.json'),
      JSON.stringify([{ Config: 'config.json', RepoTags: [reference], Layers: layers }]),
    )
    await run('tar', ['-C', at('deep'), '-cf', at('deep.tar'), '.'])
    await world.daemon.docker('load', '--input', at('deep.tar'))
    return reference
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function start(name: string, layerCount: number): Promise<MachineId> {
  const image = await loadDeep(layerCount)
  // With a label of its own it is kept as an image.
  await world.daemon.docker('run', '--detach', '--name', name, '--label', 'own=1', image, ...patient)
  return (await world.machine(name)).id
}

const startedAt = (name: string): Promise<string> =>
  world.daemon.docker('inspect', '--format', '{{.State.StartedAt}}', name)
const snapshots = () => {
  if (world.provider.snapshots === undefined) throw new Error('no snapshots')
  return world.provider.snapshots
}
const take = (id: MachineId): Promise<string> =>
  snapshots().take(id, { name: 's', description: '', memory: false }, createOp())

it('a container whose image has all layers that are possible has no snapshot, says why, and runs on', async () => {
  const id = await start('full', maxLayers)
  const since = await startedAt('full')
  expect(await errorFrom(take(id))).toMatchObject({
    code: 'unsupported',
    message: { key: 'docker.error.layers' },
    hint: { key: 'docker.error.layers.hint' },
  })
  expect(await startedAt('full')).toBe(since)
  expect((await snapshots().tree(id, createOp())).snapshots).toEqual([])
})

it('a restore that could not be undone for want of layers is refused before the container stops', async () => {
  const id = await start('nearly', maxLayers - 1)
  const since = await startedAt('nearly')
  // A commit of a container that wrote nothing adds no layer.
  await world.daemon.docker('exec', 'nearly', 'touch', '/note')
  const snapshotId = await take(id)
  expect(await errorFrom(snapshots().restore(id, snapshotId, createOp()))).toMatchObject({
    code: 'unsupported',
    message: { key: 'docker.restore.layers' },
  })
  expect(await startedAt('nearly')).toBe(since)
  expect((await snapshots().tree(id, createOp())).restores).toEqual([])
})

it('a restore that is allowed can be undone, and is not done a second time when that could not be undone', async () => {
  const id = await start('last', maxLayers - 2)
  const { daemon } = world
  const note = (): Promise<string> => daemon.docker('exec', 'last', 'cat', '/note')
  const undo = async (): Promise<void> => {
    const [restore] = (await snapshots().tree(id, createOp())).restores
    await snapshots().undo(id, restore?.id ?? '', createOp())
  }
  await daemon.docker('exec', 'last', 'sh', '-c', 'echo before > /note')
  const snapshotId = await take(id)
  await daemon.docker('exec', 'last', 'sh', '-c', 'echo precious > /note')
  await snapshots().restore(id, snapshotId, createOp())
  expect(await note()).toBe('before')
  await daemon.docker('exec', 'last', 'sh', '-c', 'echo restored > /note')
  await undo()
  expect(await note()).toBe('precious')
  const since = await startedAt('last')
  expect(await errorFrom(undo())).toMatchObject({ code: 'unsupported', message: { key: 'docker.restore.layers' } })
  expect(await startedAt('last')).toBe(since)
  expect(await note()).toBe('precious')
  expect((await snapshots().tree(id, createOp())).restores).toMatchObject([{ state: 'done', direction: 'undone' }])
})
