import { describe, expect, it } from 'vitest'
import type { MachineId } from '../../app/domain/ids.ts'
import type { SnapshotTree } from '../../app/domain/snapshot.ts'
import type { SnapshotOps } from '../../main/providers/provider.ts'
import { errorFrom, facet, type Ground, make, op, steady } from './ground.ts'
import { hostileNames } from './hostile-names.ts'
import { wrongWith } from './tree.ts'

/** Snapshots and the way back from every restore, seen in what the guest holds. */
export function describeSnapshots(ground: () => Ground): void {
  describe('snapshots', () => {
    const ops = (): SnapshotOps => facet(ground(), 'snapshots')
    const tree = async (id: MachineId): Promise<SnapshotTree> => {
      const now = await ops().tree(id, op())
      expect(wrongWith(now)).toEqual([])
      return now
    }
    const withMemory = (): boolean => ground().provider.kind === 'vm'
    const take = (id: MachineId, name: string, memory = withMemory()): Promise<string> =>
      ops().take(id, { name, description: '', memory }, op())
    /** A running machine; `keep` writes into it. */
    const running = async (name: string): Promise<MachineId> => {
      const id = await make(ground(), name)
      await ground().provider.power.start(id, op())
      return id
    }
    /** What the machine holds, started if it is not running. */
    const holds = async (id: MachineId): Promise<string> => {
      if ((await steady(ground(), id)).state !== 'running') await ground().provider.power.start(id, op())
      return ground().read(id)
    }

    it('restores what was, undoes the restore, redoes it, and keeps or lets go of the copy', async () => {
      const id = await running('restored')
      await ground().write(id, 'old')
      const snapshotId = await take(id, 'with old')
      await ground().write(id, 'new')

      await ops().restore(id, snapshotId, op())
      expect(await holds(id)).toBe('old')
      const [restored] = (await tree(id)).restores
      expect(restored).toMatchObject({ direction: 'restored', state: 'done', snapshotId, snapshotName: 'with old' })

      await ops().undo(id, restored?.id ?? '', op())
      expect(await holds(id)).toBe('new')
      const [undone] = (await tree(id)).restores
      expect(undone).toMatchObject({ direction: 'undone', state: 'done' })

      await ops().undo(id, undone?.id ?? '', op())
      expect(await holds(id)).toBe('old')
      const [redone, ...more] = (await tree(id)).restores
      expect(redone).toMatchObject({ direction: 'restored' })
      expect(more).toEqual([])

      const ordinary = (of: SnapshotTree): number => of.snapshots.filter((one) => !one.keptForUndo).length
      const before = ordinary(await tree(id))
      await ops().keep(id, redone?.id ?? '', 'kept by hand', op())
      const kept = await tree(id)
      expect(kept.restores).toEqual([])
      expect(ordinary(kept)).toBe(before + 1)
      const ofCopy = kept.snapshots.filter((one) => one.name === 'kept by hand')
      expect(ofCopy.map(({ keptForUndo }) => keptForUndo)).toEqual([false])

      await ops().restore(id, snapshotId, op())
      const [second] = (await tree(id)).restores
      await ops().letGo(id, second?.id ?? '', op())
      const after = await tree(id)
      expect(after.restores).toEqual([])
      expect(after.snapshots.map((one) => one.id)).not.toContain(second?.keptId)
      expect(await holds(id)).toBe('old')
    })

    it('says truly that there is room to restore, where that can be told', async () => {
      const id = await running('roomy')
      const snapshotId = await take(id, 'before')
      const room = await ops().room?.(id, snapshotId, op())
      if (room === undefined || room === null) return
      expect(room.neededBytes).toBeGreaterThan(0)
      expect(room.freeBytes).toBeGreaterThan(room.neededBytes)
      await ops().restore(id, snapshotId, op())
    })

    it('restores a stopped machine as well', async () => {
      const id = await running('offline')
      await ground().write(id, 'before')
      await ground().provider.power.shutDown(id, op())
      const snapshotId = await take(id, 'off', false)
      await ground().provider.power.start(id, op())
      await ground().write(id, 'after')
      await ground().provider.power.shutDown(id, op())
      await ops().restore(id, snapshotId, op())
      expect(await holds(id)).toBe('before')
      await ground().provider.power.shutDown(id, op())
      await ops().undo(id, (await tree(id)).restores[0]?.id ?? '', op())
      expect(await holds(id)).toBe('after')
    })

    it('keeps each snapshot’s parent, and gives a deleted one’s children to its parent', async () => {
      const id = await running('tree')
      const [first, second, third] = [await take(id, 'one'), await take(id, 'two'), await take(id, 'three')]
      const parentOf = async (child: string): Promise<string | null | undefined> =>
        (await tree(id)).snapshots.find((one) => one.id === child)?.parentId
      expect(await parentOf(first)).toBeNull()
      expect(await parentOf(third)).toBe(second)
      expect((await tree(id)).currentId).toBe(third)
      await ops().delete(id, second, op())
      expect(await parentOf(third)).toBe(first)
      await ops().restore(id, first, op())
      const branch = await take(id, 'branch')
      expect(await parentOf(branch)).toBe(first)
    })

    it('lets names repeat and hold anything', async () => {
      const id = await running('named')
      const made: string[] = []
      for (const name of [...hostileNames.slice(0, 6), 'twice', 'twice']) made.push(await take(id, name, false))
      expect(new Set(made).size).toBe(made.length)
      const { snapshots } = await tree(id)
      expect(made.map((one) => snapshots.find((snapshot) => snapshot.id === one)?.name)).toEqual([
        ...hostileNames.slice(0, 6),
        'twice',
        'twice',
      ])
      const [one = ''] = made
      await ops().edit(id, one, { name: '{uuid}\n--help', description: '설명 "quoted"\nsecond line' }, op())
      expect((await tree(id)).snapshots.find((snapshot) => snapshot.id === one)).toMatchObject({
        name: '{uuid}\n--help',
        description: '설명 "quoted"\nsecond line',
      })
    })

    it('says not-found of a snapshot or restore that does not exist, and changes nothing', async () => {
      const id = await running('nothing')
      const calls = [
        () => ops().restore(id, 'no-such-snapshot', op()),
        () => ops().delete(id, 'no-such-snapshot', op()),
        () => ops().edit(id, 'no-such-snapshot', { name: 'x', description: '' }, op()),
        () => ops().undo(id, 'no-such-restore', op()),
        () => ops().keep(id, 'no-such-restore', 'none', op()),
        () => ops().letGo(id, 'no-such-restore', op()),
      ]
      for (const call of calls) expect((await errorFrom(call())).code).toBe('not-found')
      expect((await steady(ground(), id)).state).toBe('running')
      expect((await tree(id)).snapshots).toEqual([])
    })
  })
}
