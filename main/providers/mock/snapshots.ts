import { failure } from '../../../app/domain/errors.ts'
import type { MachineId, SnapshotId } from '../../../app/domain/ids.ts'
import type { RestoreRecord, SnapshotTree } from '../../../app/domain/snapshot.ts'
import type { Op, SnapshotOps } from '../provider.ts'
import {
  type MockMachine,
  type ProviderContext,
  recordCommand,
  type Saved,
  throwIfCancelled,
  whileBusy,
} from './provider-context.ts'

/** Snapshots of pretended machines: a tree, and restores that can be undone. */
export function createSnapshots(context: ProviderContext): SnapshotOps {
  function find(mock: MockMachine, snapshotId: SnapshotId): Saved {
    const saved = mock.saved.find((one) => one.snapshot.id === snapshotId)
    if (saved === undefined) throw failure('not-found', { key: 'mock.error.snapshotGone' })
    return saved
  }
  function record(mock: MockMachine, restoreId: string): RestoreRecord {
    const found = mock.restores.find((one) => one.id === restoreId)
    if (found === undefined) throw failure('not-found', { key: 'mock.error.restoreGone' })
    return found
  }
  const changed = (id: MachineId): void => context.tell({ kind: 'snapshots', id })

  /** The machine as it is now, as a snapshot under its current one. */
  function capture(
    mock: MockMachine,
    what: { name: string; description: string; memory: boolean; kept: boolean },
  ): Saved {
    const isUp = mock.machine.state === 'running' || mock.machine.state === 'paused'
    const memoryBytes = what.memory && isUp ? (mock.machine.memoryBytes ?? 0) : 0
    return {
      snapshot: {
        id: context.nextId('snap-'),
        name: what.name,
        description: what.description,
        parentId: mock.currentId,
        createdAt: context.now(),
        hasMemory: memoryBytes > 0,
        sizeBytes: Math.round(mock.diskBytes * 0.02 + memoryBytes * 0.55),
        keptForUndo: what.kept,
      },
      files: mock.files,
      running: isUp,
    }
  }

  /** Keeps the present, goes back to `target`, verifies. The machine's state follows what was kept with it. */
  async function goBack(
    id: MachineId,
    target: Saved,
    op: Op,
    finish: (kept: Saved) => Partial<MockMachine>,
  ): Promise<void> {
    const before = context.of(id)
    throwIfCancelled(op)
    // Its disks alone boot it again when it ran.
    const running = target.snapshot.hasMemory === true || before.machine.state === 'running'
    await whileBusy(context, id, 'restoring', async () => {
      await context.work(900, op, 'mock.step.verify', 0, 0.2)
      if (before.quirks.includes('no-space')) {
        throw failure(
          'no-space',
          { key: 'mock.error.noSpace' },
          { hint: { key: 'mock.error.noSpace.hint' }, detail: 'qemu-img: No space left on device\nexit code 1' },
        )
      }
      await context.work(2_500, op, 'mock.step.keep', 0.2, 0.6)
      op.progress({ text: { key: 'mock.step.back' }, fraction: 0.6, cancellable: false })
      await context.wait(1_200, { ...op, signal: new AbortController().signal })
      if (before.quirks.includes('restore-fails')) {
        throw failure(
          'tool-failed',
          { key: 'mock.error.restore' },
          {
            hint: { key: 'mock.error.restore.hint' },
            detail: 'Error: Unknown ramblock "pc.ram", cannot accept migration\nerror while loading state',
          },
        )
      }
      op.progress({ text: { key: 'mock.step.check' }, fraction: 0.9, cancellable: false })
    })
    const { name } = before.machine
    const kept = capture(before, { name: `Before restore, ${name}`, description: '', memory: true, kept: true })
    context.change(id, { files: target.files, currentId: target.snapshot.id, ...finish(kept) })
    context.setState(id, running ? 'running' : 'stopped')
    recordCommand(context, op, `qemu-img snapshot -a ${target.snapshot.id} -- disk.qcow2`, null, 0)
    changed(id)
  }

  function newRecord(target: Saved, kept: Saved, direction: RestoreRecord['direction']): RestoreRecord {
    return {
      id: context.nextId('restore-'),
      direction,
      state: 'done',
      snapshotId: target.snapshot.id,
      snapshotName: target.snapshot.name,
      keptId: kept.snapshot.id,
      keptAt: context.now(),
      keptBytes: kept.snapshot.sizeBytes,
    }
  }

  return {
    async room(id, _snapshotId, op) {
      throwIfCancelled(op)
      const { machine, quirks } = context.of(id)
      const neededBytes = machine.memoryBytes ?? 0
      return quirks.includes('no-space') ? { neededBytes, freeBytes: Math.round(neededBytes / 3) } : null
    },
    async tree(id, op): Promise<SnapshotTree> {
      await context.wait(120, op)
      const mock = context.of(id)
      return {
        snapshots: mock.saved.map((one) => one.snapshot),
        currentId: mock.currentId,
        restores: mock.restores,
        notice: mock.volumes.length > 0 ? { key: 'mock.notice.volumes' } : null,
      }
    },

    async take(id, { name, description, memory }, op) {
      throwIfCancelled(op)
      context.of(id)
      const { state } = context.of(id).machine
      await context.work(memory ? 4_000 : 800, op, memory ? 'mock.step.memory' : 'mock.step.disk')
      const mock = context.of(id)
      const saved = capture(mock, { name, description, memory: memory && state !== 'stopped', kept: false })
      context.change(id, { saved: [...mock.saved, saved], currentId: saved.snapshot.id })
      recordCommand(context, op, `snapshot-save ${saved.snapshot.id}`, null, 0)
      changed(id)
      return saved.snapshot.id
    },

    async edit(id, snapshotId, change, op) {
      await context.wait(80, op)
      const mock = context.of(id)
      find(mock, snapshotId)
      context.change(id, {
        saved: mock.saved.map((one) =>
          one.snapshot.id === snapshotId ? { ...one, snapshot: { ...one.snapshot, ...change } } : one,
        ),
      })
      changed(id)
    },

    async delete(id, snapshotId, op) {
      throwIfCancelled(op)
      const { snapshot } = find(context.of(id), snapshotId)
      const hasChildren = context.of(id).saved.some((one) => one.snapshot.parentId === snapshotId)
      await context.work(hasChildren ? 3_000 : 700, op, hasChildren ? 'mock.step.merge' : null)
      context.change(id, without(context.of(id), snapshotId, snapshot.parentId))
      changed(id)
    },

    async restore(id, snapshotId, op) {
      const target = find(context.of(id), snapshotId)
      await goBack(id, target, op, (kept) => {
        const { saved, restores } = context.of(id)
        return { saved: [...saved, kept], restores: [newRecord(target, kept, 'restored'), ...restores] }
      })
    },

    async undo(id, restoreId, op) {
      const old = record(context.of(id), restoreId)
      const target = find(context.of(id), old.keptId)
      const direction = old.direction === 'restored' ? 'undone' : 'restored'
      await goBack(id, target, op, (kept) => {
        // What the old copy held is the present again, so the copy goes and the record points at the new one.
        const rest = without(context.of(id), old.keptId, target.snapshot.parentId)
        const next = { ...newRecord(target, kept, direction), id: old.id }
        const named = { ...next, snapshotId: old.snapshotId, snapshotName: old.snapshotName }
        return {
          saved: [...rest.saved, kept],
          currentId: target.snapshot.parentId,
          restores: rest.restores.map((one) => (one.id === restoreId ? named : one)),
        }
      })
    },

    async keep(id, restoreId, name, op) {
      await context.wait(80, op)
      const mock = context.of(id)
      const { keptId } = record(mock, restoreId)
      context.change(id, {
        restores: mock.restores.filter((one) => one.id !== restoreId),
        saved: mock.saved.map((one) =>
          one.snapshot.id === keptId ? { ...one, snapshot: { ...one.snapshot, keptForUndo: false, name } } : one,
        ),
      })
      changed(id)
    },

    async letGo(id, restoreId, op) {
      await context.wait(400, op)
      const mock = context.of(id)
      const old = record(mock, restoreId)
      const { snapshot } = find(mock, old.keptId)
      const rest = without(mock, old.keptId, snapshot.parentId)
      context.change(id, { ...rest, restores: rest.restores.filter((one) => one.id !== restoreId) })
      changed(id)
    },
  }
}

/** The machine without one snapshot: its children move to its parent. */
function without(mock: MockMachine, gone: SnapshotId, parentId: SnapshotId | null) {
  return {
    saved: mock.saved
      .filter((one) => one.snapshot.id !== gone)
      .map((one) => (one.snapshot.parentId === gone ? { ...one, snapshot: { ...one.snapshot, parentId } } : one)),
    currentId: mock.currentId === gone ? parentId : mock.currentId,
    restores: mock.restores,
  }
}
