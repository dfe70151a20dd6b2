import { failure } from '../../../app/domain/errors.ts'
import { allDisksOf, type DiskUser, dependantsOf, disksOf } from './dependants.ts'
import type { Known } from './entry.ts'
import type { ProviderContext } from './provider-context.ts'
import type { SnapshotOptions } from './snapshots.ts'

/** Every machine in VirtualBox whose file can be read, as a user of disks. */
export function diskUsers({ inventory }: Pick<ProviderContext, 'inventory'>): readonly DiskUser[] {
  return inventory
    .loaded()
    .flatMap(({ uuid, settings }) => (settings === null ? [] : [{ uuid, name: settings.name, settings }]))
}

/**
 * Throws what keeps a snapshot from being deleted. VirtualBox carries one state along: a second one after it, or a linked clone on
 * it, and it refuses. A linked clone in the trash it knows nothing of, and would take the ground from under.
 */
export async function checkDeletable(context: SnapshotOptions, known: Known, snapshotId: string): Promise<void> {
  const { entry, settings } = known
  const snapshot = settings.snapshots.find(({ uuid }) => uuid === snapshotId)
  if (snapshot === undefined) return
  const after = settings.snapshots.filter(({ parentId }) => parentId === snapshotId)
  const isCurrent = settings.currentSnapshotId === snapshotId
  if (after.length + (isCurrent ? 1 : 0) > 1) {
    const names = after.map(({ name }) => name).join(', ')
    throw failure(
      'in-use',
      { key: isCurrent ? 'virtualbox.error.grewWithPresent' : 'virtualbox.error.grew', params: { names } },
      { hint: { key: 'virtualbox.error.grew.hint' } },
    )
  }
  const disks = new Set(disksOf(snapshot.hardware))
  await Promise.all(context.inventory.loaded().map((one) => context.inventory.refresh(one)))
  const registered = diskUsers(context)
  const trashed = await context.trash.users()
  const all = [...registered, ...trashed]
  const inTrash = new Set(trashed.map(({ uuid }) => uuid))
  const clones = [
    ...dependantsOf(entry.uuid, disks, all, 'next').filter(({ uuid }) => !inTrash.has(uuid)),
    ...dependantsOf(entry.uuid, disks, all, 'any').filter(({ uuid }) => inTrash.has(uuid)),
  ]
  if (clones.length === 0) return
  throw failure(
    'in-use',
    { key: 'virtualbox.error.cloned', params: { names: clones.map(({ name }) => name).join(', ') } },
    { hint: { key: 'virtualbox.error.cloned.hint' } },
  )
}

/** Linked clones of a machine, in VirtualBox and in the trash. */
export async function clonesOf(context: SnapshotOptions, uuid: string): Promise<readonly DiskUser[]> {
  const users = [...diskUsers(context), ...(await context.trash.users())]
  const self = users.find((user) => user.uuid === uuid)
  return self === undefined ? [] : dependantsOf(uuid, allDisksOf(self), users, 'any')
}
