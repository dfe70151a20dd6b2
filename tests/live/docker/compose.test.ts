import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { SnapshotTree } from '../../../app/domain/snapshot.ts'
import type { Provider } from '../../../main/providers/provider.ts'
import { findComposes } from '../../support/compose.ts'
import { createOp, type DockerWorld, openDockerWorld, patient } from './docker-world.ts'

const run = promisify(execFile)
const composes = await findComposes()

let world: DockerWorld
let provider: Provider
beforeAll(async () => {
  world = await openDockerWorld()
  provider = world.provider
})
afterAll(() => world?.close())

const docker = (...args: readonly string[]): Promise<string> => world.daemon.docker(...args)
const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '')

async function treeOf(id: MachineId): Promise<SnapshotTree> {
  const tree = await provider.snapshots?.tree(id, createOp())
  if (tree === undefined) throw new Error('no snapshots')
  return tree
}

describe.skipIf(composes.length === 0).each(composes)('a container of a project of compose $version', ({ file }) => {
  const compose = (...args: readonly string[]): Promise<unknown> =>
    run(file, ['--project-name', 'proj', '--file', join(world.home, 'compose.json'), ...args], {
      env: { ...process.env, DOCKER_HOST: `unix://${world.daemon.socketPath}` },
    })
  const idsOf = async (service: string): Promise<readonly string[]> =>
    lines(
      await docker('ps', '--all', '--quiet', '--no-trunc', '--filter', `label=com.docker.compose.service=${service}`),
    )
  const labelsOf = async (id: string): Promise<Record<string, string>> => {
    const labels: Record<string, string> = JSON.parse(
      await docker('inspect', id, '--format', '{{json .Config.Labels}}'),
    )
    return Object.fromEntries(Object.entries(labels).filter(([name]) => !name.startsWith('dev.berth.')))
  }
  const readNote = async (): Promise<string> => docker('exec', (await idsOf('web'))[0] ?? '', 'cat', '/note')
  const writeNote = async (text: string): Promise<string> =>
    docker('exec', (await idsOf('web'))[0] ?? '', 'sh', '-c', `echo ${text} > /note`)

  let id: MachineId
  let firstId: string
  let labels: Record<string, string>
  beforeEach(async () => {
    const service = {
      image: 'local/busybox:1',
      command: [...patient],
      ...(world.daemon.hasNetwork ? {} : { network_mode: 'none' }),
    }
    const services = { db: { ...service, volumes: ['data:/data'] }, web: { ...service, volumes: ['/cache'] } }
    await writeFile(join(world.home, 'compose.json'), JSON.stringify({ version: '3', services, volumes: { data: {} } }))
    await compose('up', '--detach')
    firstId = (await idsOf('web'))[0] ?? ''
    labels = await labelsOf(firstId)
    const machines = await provider.list(world.endpointId, createOp())
    const web = machines.find((machine) => machine.id.endsWith(firstId))
    if (web === undefined) throw new Error('not listed')
    id = web.id
    await writeNote('before')
    await docker('exec', firstId, 'sh', '-c', 'echo cached > /cache/file')
    const taken = await provider.snapshots?.take(id, { name: 's', description: '', memory: false }, createOp())
    await writeNote('present')
    await provider.snapshots?.restore(id, taken ?? '', createOp())
  })
  afterEach(async () => {
    await compose('down', '--volumes').catch(() => {})
    const left = lines(await docker('ps', '--all', '--quiet'))
    if (left.length > 0) await docker('rm', '--force', '--volumes', ...left)
    provider = await world.again()
  })

  it('is the only one of its service after a restore: a restart of the project wakes no copy', async () => {
    expect(await idsOf('web')).toHaveLength(1)
    await compose('restart', '--timeout', '2')
    expect(lines(await docker('ps', '--quiet'))).toHaveLength(2)
    await compose('stop', '--timeout', '2')
    await compose('start')
    expect(lines(await docker('ps', '--quiet'))).toHaveLength(2)
    expect(await readNote()).toBe('before')
  }, 90_000)

  it('is kept by up after a restore and after its undo, with all that was written', async () => {
    const [restoredId = ''] = await idsOf('web')
    await writeNote('restored')
    await compose('up', '--detach')
    expect(await idsOf('web')).toEqual([restoredId])
    expect(await readNote()).toBe('restored')
    const [restore] = (await treeOf(id)).restores

    await provider.snapshots?.undo(id, restore?.id ?? '', createOp())
    expect(await readNote()).toBe('present')
    const [undoneId = ''] = await idsOf('web')
    expect(await labelsOf(undoneId)).toEqual(labels)
    await compose('up', '--detach')
    expect(await idsOf('web')).toEqual([undoneId])
    expect(await docker('exec', undoneId, 'cat', '/cache/file')).toBe('cached')

    await provider.snapshots?.undo(id, restore?.id ?? '', createOp())
    expect(await readNote()).toBe('restored')
    expect(await idsOf('web')).toHaveLength(1)
    expect((await treeOf(id)).currentId).toBe(restore?.snapshotId)
    await provider.snapshots?.letGo(id, restore?.id ?? '', createOp())
    const ofMachine = ['--filter', `label=dev.berth.machine=${id.slice(id.lastIndexOf('/') + 1)}`]
    expect(lines(await docker('image', 'ls', '--quiet', ...ofMachine, 'berth-kept'))).toEqual([])
    expect(
      lines(await docker('ps', '--all', '--format', '{{.Names}}')).filter((name) => name.startsWith('berth')),
    ).toEqual([])
  }, 90_000)

  it('comes back from its copy with its volumes and labels when compose removed it', async () => {
    await compose('rm', '--stop', '--force', '-v', 'web')
    expect(await idsOf('web')).toEqual([])
    const [restore] = (await treeOf(id)).restores
    expect(restore).toMatchObject({ isOnlyCopy: true })
    await provider.snapshots?.undo(id, restore?.id ?? '', createOp())
    const [backId = ''] = await idsOf('web')
    expect(await labelsOf(backId)).toEqual(labels)
    await compose('up', '--detach')
    expect(await idsOf('web')).toEqual([backId])
    expect(await readNote()).toBe('present')
    expect(await docker('exec', backId, 'cat', '/cache/file')).toBe('cached')
    expect((await treeOf(id)).restores).toEqual([])
  }, 90_000)

  it('has its copy as a snapshot when that is kept, and snapshots that no tool takes for its images', async () => {
    const [restore] = (await treeOf(id)).restores
    await provider.snapshots?.keep(id, restore?.id ?? '', 'kept', createOp())
    const { snapshots, restores } = await treeOf(id)
    expect(restores).toEqual([])
    expect(snapshots.map(({ keptForUndo }) => keptForUndo)).toEqual([false, false])
    expect(snapshots.map(({ name }) => name)).toContain('kept')
    await compose('down', '--rmi', 'local')
    const ofMachine = ['--filter', `label=dev.berth.machine=${id.slice(id.lastIndexOf('/') + 1)}`]
    expect(lines(await docker('image', 'ls', '--quiet', ...ofMachine, 'berth-snapshot'))).toHaveLength(2)
  }, 90_000)
})
