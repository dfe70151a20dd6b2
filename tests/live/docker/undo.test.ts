import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { RestoreRecord } from '../../../app/domain/snapshot.ts'
import { createOp, type DockerWorld, openDockerWorld, patient } from './docker-world.ts'

let world: DockerWorld
beforeAll(async () => {
  world = await openDockerWorld()
})
afterAll(() => world?.close())

async function take(id: MachineId): Promise<string> {
  return (await world.provider.snapshots?.take(id, { name: 's', description: '', memory: false }, createOp())) ?? ''
}

async function restoresOf(id: MachineId): Promise<readonly RestoreRecord[]> {
  return (await world.provider.snapshots?.tree(id, createOp()))?.restores ?? []
}

/** A container with “before” in its snapshot and “precious” in its kept copy, restored. */
async function restored(name: string): Promise<{ readonly id: MachineId; readonly restoreId: string }> {
  const { daemon, provider } = world
  await daemon.docker('run', '--detach', '--restart', 'always', '--name', name, 'local/busybox:1', ...patient)
  const { id } = await world.machine(name)
  await daemon.docker('exec', name, 'sh', '-c', 'echo before > /data')
  const snapshotId = await take(id)
  await daemon.docker('exec', name, 'sh', '-c', 'echo precious > /data')
  await provider.snapshots?.restore(id, snapshotId, createOp())
  return { id, restoreId: (await restoresOf(id))[0]?.id ?? '' }
}

describe('a kept copy whose container was removed outside', () => {
  it('is not discarded, because the copy is all that is left', async () => {
    const { daemon, provider } = world
    const { id, restoreId } = await restored('only')
    await daemon.docker('rm', '--force', 'only')
    expect(await world.machine('only')).toMatchObject({
      id,
      remark: { key: 'docker.remark.standIn' },
      withheld: { start: { key: 'docker.withheld.standIn' }, restore: { key: 'docker.withheld.standIn' } },
    })
    expect(await restoresOf(id)).toMatchObject([{ id: restoreId, isOnlyCopy: true }])
    const refused = { error: { code: 'wrong-state', message: { key: 'docker.restore.onlyCopy' } } }
    await expect(provider.snapshots?.letGo(id, restoreId, createOp())).rejects.toMatchObject(refused)
    await expect(provider.snapshots?.keep(id, restoreId, 'kept', createOp())).rejects.toMatchObject(refused)
    expect(await world.machine('only')).toMatchObject({ id })
  })

  it('becomes the machine again by an undo, under the old name, and nothing is kept any more', async () => {
    const { daemon, provider } = world
    const { id, restoreId } = await restored('back')
    await daemon.docker('rm', '--force', 'back')
    await daemon.docker('create', '--name', 'back', 'local/busybox:1')
    await world.machine('back')
    await expect(provider.snapshots?.undo(id, restoreId, createOp())).rejects.toMatchObject({
      error: { code: 'already-exists' },
    })
    await daemon.docker('rm', 'back')
    await provider.snapshots?.undo(id, restoreId, createOp())
    expect(await world.machine('back')).toMatchObject({ id, state: 'stopped', remark: null, withheld: {} })
    expect(await restoresOf(id)).toEqual([])
    await provider.power.start(id, createOp())
    expect(await daemon.docker('exec', 'back', 'cat', '/data')).toBe('precious')
    expect(await daemon.docker('inspect', 'back', '--format', '{{.HostConfig.RestartPolicy.Name}}')).toBe('always')
  })

  it('goes to the trash under its own name when it is removed, and comes back as it was', async () => {
    const { daemon, provider } = world
    const { id, restoreId } = await restored('bin')
    await daemon.docker('rm', '--force', 'bin')
    await world.machine('bin')
    const trashId = await provider.remove?.remove(id, { volumes: [] }, createOp())
    expect(await provider.trash?.list(createOp())).toMatchObject([{ machineId: id, name: 'bin' }])
    await provider.trash?.recover(trashId ?? '', createOp())
    expect(await world.machine('bin')).toMatchObject({ id, remark: { key: 'docker.remark.standIn' } })
    await provider.snapshots?.undo(id, restoreId, createOp())
    await provider.power.start(id, createOp())
    expect(await daemon.docker('exec', 'bin', 'cat', '/data')).toBe('precious')
  })
})

describe('a kept copy that somebody starts', () => {
  it('is listed as long as it runs, said beside its machine, and can be stopped', async () => {
    const { daemon, provider } = world
    const { id } = await restored('twice')
    const kept = (await daemon.docker('ps', '--all', '--filter', 'name=berth-kept', '--format', '{{.Names}}'))
      .split('\n')
      .find((name) => name.endsWith('.twice'))
    world.changes.length = 0
    await daemon.docker('start', kept ?? '')
    const told = await world.until(
      (change) => change.kind === 'upsert' && change.machine.remark?.key === 'docker.remark.startedCopy',
    )
    await world.until(
      (change) =>
        change.kind === 'upsert' &&
        change.machine.id === id &&
        change.machine.remark?.key === 'docker.remark.hasStartedCopy',
    )
    const copy = told.kind === 'upsert' ? told.machine : await world.machine(kept ?? '')
    expect(copy.id).not.toBe(id)
    expect(copy).toMatchObject({ state: 'running', withheld: { remove: { key: 'docker.withheld.startedCopy' } } })
    expect(await world.machine(copy.name)).toMatchObject({ id: copy.id })
    expect(await provider.read(copy.id, createOp())).toMatchObject({ id: copy.id })
    world.changes.length = 0
    await provider.power.shutDown(copy.id, createOp())
    await world.until((change) => change.kind === 'removed' && change.id === copy.id)
    expect(await world.machine('twice')).toMatchObject({ id, remark: null })
    expect(await provider.read(copy.id, createOp())).toBeNull()
    await daemon.docker('rm', '--force', 'twice', kept ?? '')
  })
})

describe('a container whose last start failed', () => {
  it('is restored and undone without being started', async () => {
    const { daemon, provider } = world
    await daemon.docker('create', '--name', 'never', 'local/busybox:1', 'no-such-program')
    await daemon.docker('start', 'never').catch(() => '')
    const { id } = await world.machine('never')
    await provider.snapshots?.restore(id, await take(id), createOp())
    const [restore] = await restoresOf(id)
    await provider.snapshots?.undo(id, restore?.id ?? '', createOp())
    expect(await restoresOf(id)).toMatchObject([{ direction: 'undone', state: 'done' }])
    expect(await world.machine('never')).toMatchObject({ id, state: 'crashed' })
  })
})

describe('a task of a swarm service', () => {
  it('is not stopped, restored or removed, because the service replaces it', async () => {
    const { daemon } = world
    await daemon.docker('swarm', 'init', '--advertise-addr', '127.0.0.1')
    await daemon.docker('service', 'create', '--detach', '--name', 's', 'local/busybox:1', ...patient)
    const reason = { key: 'docker.withheld.swarmTask' }
    await expect
      .poll(async () =>
        (await world.provider.list(world.endpointId, createOp())).find(({ name }) => /^s\.1\./.test(name)),
      )
      .toMatchObject({ withheld: { restore: reason, undoRestore: reason, shutDown: reason, remove: reason } })
    await daemon.docker('service', 'rm', 's')
    await daemon.docker('swarm', 'leave', '--force')
  }, 60_000)
})
