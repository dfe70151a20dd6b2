import { readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { SnapshotTree } from '../../../app/domain/snapshot.ts'
import type { SnapshotOps } from '../../../main/providers/provider.ts'
import { errorFrom, op, readNow, steady } from '../../conformance/ground.ts'
import { wrongWith } from '../../conformance/tree.ts'
import { missingVirtualBox } from '../../support/virtualbox-lab.ts'
import { type Acts, openActs } from './acts-ground.ts'

describe.skipIf(missingVirtualBox !== null)('snapshots of VirtualBox machines', () => {
  let acts: Acts
  beforeAll(async () => {
    acts = await openActs('acts-snapshots')
  })
  afterAll(async () => {
    expect(await acts.leave()).toEqual([])
  })

  const ops = (): SnapshotOps => acts.provider().snapshots as SnapshotOps
  const tree = async (id: MachineId): Promise<SnapshotTree> => {
    const now = await ops().tree(id, op())
    expect(wrongWith(now)).toEqual([])
    return now
  }
  const state = async (id: MachineId) => (await steady({ provider: acts.provider() } as never, id)).state
  const take = (id: MachineId, name: string, description = ''): Promise<string> =>
    ops().take(id, { name, description, memory: true }, op())

  it('restores a running machine with its memory, undoes it, redoes it and lets it go', async () => {
    const id = await acts.make('running')
    await acts.provider().power.start(id, op())
    await acts.write(id, 'old')
    const snapshotId = await take(id, 'with old')
    expect(await state(id)).toBe('running')
    await acts.write(id, 'new')

    await ops().restore(id, snapshotId, op())
    expect(await state(id)).toBe('running')
    expect(await acts.read(id)).toBe('old')
    const [restored] = (await tree(id)).restores
    expect(restored).toMatchObject({ direction: 'restored', state: 'done', snapshotId, snapshotName: 'with old' })
    expect((await tree(id)).snapshots.find((one) => one.id === restored?.keptId)).toMatchObject({
      keptForUndo: true,
      description: '',
      hasMemory: true,
    })

    await ops().undo(id, restored?.id ?? '', op())
    expect(await acts.read(id)).toBe('new')
    const [undone, ...others] = (await tree(id)).restores
    expect(others).toEqual([])
    expect(undone).toMatchObject({ id: restored?.id, direction: 'undone', state: 'done' })

    await ops().undo(id, undone?.id ?? '', op())
    expect(await acts.read(id)).toBe('old')
    const [redone] = (await tree(id)).restores
    await ops().letGo(id, redone?.id ?? '', op())
    const after = await tree(id)
    expect(after.restores).toEqual([])
    expect(after.snapshots.map((one) => one.name)).toEqual(['with old'])
    await acts.provider().power.powerOff(id, op())
  })

  it('finishes a restore that Berth left in the middle, and takes back one that had not begun', async () => {
    const id = await acts.make('left')
    await acts.provider().power.start(id, op())
    await acts.write(id, 'old')
    const snapshotId = await take(id, 'back here')
    await acts.write(id, 'new')
    // As a Berth that is killed leaves it: paused, the copy taken, the record saying how far it was.
    const uuid = acts.uuidOf(id)
    const recordPath = join(acts.host.dataDir, 'snapshots', `${uuid}.json`)
    const record = (phase: string, keptId: string | null) => ({
      version: 1,
      restores: [
        {
          id: 'left-one',
          direction: 'restored',
          state: 'restoring',
          snapshotId,
          snapshotName: 'back here',
          keptId,
          keptAt: new Date().toISOString(),
          keptPower: 'running',
          phase,
          replaces: null,
        },
      ],
      powers: {},
    })
    await acts.lab.manage('controlvm', uuid, 'pause')
    const said = await acts.lab.manage('snapshot', uuid, 'take', 'kept', '--description=berth-undo left-one')
    await writeFile(recordPath, JSON.stringify(record('keeping', null)))
    await acts.again()
    expect((await readNow({ provider: acts.provider() } as never, id)).state).toBe('running')
    expect((await tree(id)).snapshots.map((one) => one.name)).toEqual(['back here'])
    expect(await acts.read(id)).toBe('new')

    await acts.lab.manage('controlvm', uuid, 'pause')
    const again = await acts.lab.manage('snapshot', uuid, 'take', 'kept', '--description=berth-undo left-one')
    const keptId = /UUID: (\S+)/.exec(again)?.[1] ?? ''
    expect(said).not.toBe(again)
    await acts.lab.manage('controlvm', uuid, 'poweroff')
    await writeFile(recordPath, JSON.stringify(record('switching', keptId)))
    await acts.again()
    expect(await acts.read(id)).toBe('old')
    expect((await tree(id)).restores).toMatchObject([{ id: 'left-one', state: 'done', keptId }])
    await ops().undo(id, 'left-one', op())
    expect(await acts.read(id)).toBe('new')
    await acts.provider().power.powerOff(id, op())
  })

  it('holds names and descriptions that try to be something else', async () => {
    const id = await acts.make('hostile')
    const names = ['--help', '-', 'a "b" {uuid}', 'first\nsecond', '서명 ✓', ' edge\t', 'twice', 'twice']
    const description = 'x"\nVMState="running"\nSnapshotName-1="fake"'
    for (const name of names) await take(id, name, description)
    const { snapshots } = await tree(id)
    expect(snapshots.map((one) => one.name).sort()).toEqual([...names].sort())
    expect(new Set(snapshots.map((one) => one.description))).toEqual(new Set([description]))
    expect(await state(id)).toBe('stopped')
    const [first] = snapshots
    await ops().edit(id, first?.id ?? '', { name: '{1}\n--x', description: '' }, op())
    expect((await tree(id)).snapshots.find((one) => one.id === first?.id)).toMatchObject({
      name: '{1}\n--x',
      description: '',
    })
    const refused = await errorFrom(ops().take(id, { name: 'bell\u0007', description: '', memory: false }, op()))
    expect(refused).toMatchObject({ code: 'invalid-input', field: 'name' })
  })

  it('says what stands on a snapshot before it tries to delete it', async () => {
    const id = await acts.make('grown')
    const first = await take(id, 'first')
    await take(id, 'branch one')
    await ops().restore(id, first, op())
    const grown = await errorFrom(ops().delete(id, first, op()))
    expect(grown).toMatchObject({ code: 'in-use', message: { key: 'virtualbox.error.grewWithPresent' } })

    const alone = await acts.make('parent')
    const base = await take(alone, 'base')
    await take(alone, 'later')
    const clone = await acts.provider().clone?.clone(alone, { name: 'child', mode: 'linked', snapshotId: base }, op())
    const cloned = await errorFrom(ops().delete(alone, base, op()))
    expect(cloned).toMatchObject({
      code: 'in-use',
      message: { key: 'virtualbox.error.cloned', params: { names: 'child' } },
    })
    const trashId = await acts.provider().remove?.remove(clone as MachineId, { volumes: [] }, op())
    // VirtualBox itself knows nothing of a clone in the trash.
    expect(await errorFrom(ops().delete(alone, base, op()))).toMatchObject({ code: 'in-use' })
    await acts.provider().trash?.purge(trashId ?? '', op())
    await ops().delete(alone, base, op())
    expect((await tree(alone)).snapshots.map((one) => one.name)).toEqual(['later'])
  })

  it('leaves the machine as it is when a file of the snapshot is missing', async () => {
    const id = await acts.make('broken')
    await acts.provider().power.start(id, op())
    await acts.write(id, 'present')
    const snapshotId = await take(id, 'with memory')
    const stateFile = await stateFileOf(acts, 'broken')
    await rename(stateFile, `${stateFile}.away`)
    const error = await errorFrom(ops().restore(id, snapshotId, op()))
    expect(error).toMatchObject({ code: 'not-found', message: { params: { path: stateFile } } })
    expect(await acts.read(id)).toBe('present')
    expect((await tree(id)).restores).toEqual([])
    await rename(`${stateFile}.away`, stateFile)
    await acts.provider().power.powerOff(id, op())
  })
})

async function stateFileOf({ lab }: Acts, name: string): Promise<string> {
  const folder = join(lab.machineFolder, name, 'Snapshots')
  const found = (await readdir(folder)).find((file) => file.endsWith('.sav')) ?? ''
  return join(folder, found)
}
