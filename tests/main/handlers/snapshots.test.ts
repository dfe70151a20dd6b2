import { describe, expect, test, vi } from 'vitest'
import type { Failure } from '../../../app/domain/errors.ts'
import type { RestoreRecord, Snapshot } from '../../../app/domain/snapshot.ts'
import type { Core } from '../../../main/core.ts'
import { snapshotHandlers } from '../../../main/handlers/snapshots.ts'
import type { Op } from '../../../main/providers/provider.ts'

const op = { signal: new AbortController().signal, progress: () => {} } as unknown as Op

/** Handlers over a provider with two snapshots, of which `copy` undoes a restore. */
function handlersWithCopy() {
  const deleted = vi.fn(async (_id: string, _snapshotId: string) => {})
  const tree = async () => ({
    snapshots: ['plain', 'copy'].map((id) => ({ id, name: id }) as Snapshot),
    restores: [{ id: 'restore', keptId: 'copy', snapshotName: 'plain' } as RestoreRecord],
  })
  let ended: Promise<unknown> = Promise.resolve()
  const core = {
    inventory: { providerOf: () => ({ label: 'Tool', snapshots: { tree, delete: deleted } }), machine: () => ({}) },
    tasks: {
      start: ({ run }: { run: (op: Op) => Promise<unknown> }) => {
        ended = run(op)
        ended.catch(() => {})
        return 'task'
      },
    },
    snapshotPictures: { forget: async () => {} },
    fileGuard: {},
  } as unknown as Core
  const remove = async (...snapshotIds: string[]): Promise<unknown> => {
    await snapshotHandlers(core)['snapshot.delete']({ id: 'tool:one', snapshotIds })
    return ended
  }
  return { deleted, remove }
}

describe('deleting snapshots', () => {
  test('deletes a snapshot that no restore needs', async () => {
    const { deleted, remove } = handlersWithCopy()
    await remove('plain')
    expect(deleted.mock.calls.map(([, snapshotId]) => snapshotId)).toEqual(['plain'])
  })

  test('refuses an undo copy and then deletes nothing of the selection', async () => {
    const { deleted, remove } = handlersWithCopy()
    const refused = await remove('plain', 'copy').catch((error: unknown) => error)
    expect((refused as Failure).error).toMatchObject({ code: 'in-use', message: { key: 'kept.error.undoCopy' } })
    expect(deleted).not.toHaveBeenCalled()
  })
})

describe('undoing a restore', () => {
  const verbOf = async (restore: Partial<RestoreRecord> | null): Promise<unknown> => {
    const tree = async () => {
      if (restore === null) throw new Error('unreadable')
      return { snapshots: [], restores: [{ id: 'restore', snapshotName: 'plain', ...restore }] }
    }
    const start = vi.fn((_: { readonly verb: string; readonly permit: string }) => 'task')
    const core = {
      inventory: { providerOf: () => ({ label: 'Tool', snapshots: { tree } }), machine: () => ({}) },
      tasks: { start },
    } as unknown as Core
    await snapshotHandlers(core)['restore.undo']({ id: 'tool:one', restoreId: 'restore' })
    expect(start.mock.calls[0]?.[0].permit).toBe('undoRestore')
    return start.mock.calls[0]?.[0].verb
  }

  test('is told as redoing where it was undone before', async () => {
    expect(await verbOf({ direction: 'restored', state: 'done' })).toBe('undoRestore')
    expect(await verbOf({ direction: 'undone', state: 'done' })).toBe('redoRestore')
  })

  test('is told as undoing where it broke off or its record cannot be read', async () => {
    expect(await verbOf({ direction: 'undone', state: 'failed' })).toBe('undoRestore')
    expect(await verbOf(null)).toBe('undoRestore')
  })
})
