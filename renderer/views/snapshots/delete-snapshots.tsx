import type { ReactNode } from 'react'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Snapshot, SnapshotTree } from '../../../app/domain/snapshot.ts'
import { formatBytes } from '../../../app/domain/units.ts'
import { deleteSnapshots } from '../../actions/snapshots.ts'
import { Button } from '../../components/button.tsx'
import { AlertDialog } from '../../components/dialog.tsx'
import { Say, useLocale, useSay } from '../../say.tsx'

/** Asks before snapshots go for good: what goes, how much that is, and what stays. */
export function DeleteSnapshots({
  machineId,
  snapshots,
  tree,
  onClose,
}: {
  readonly machineId: MachineId
  readonly snapshots: readonly Snapshot[]
  readonly tree: SnapshotTree
  readonly onClose: () => void
}): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const count = snapshots.length
  const [first] = snapshots
  if (first === undefined) return null
  const ids = new Set(snapshots.map((snapshot) => snapshot.id))
  const sizes = snapshots.map((snapshot) => snapshot.sizeBytes).filter((size) => size !== null)
  const size =
    sizes.length === 0
      ? null
      : formatBytes(
          sizes.reduce((sum, one) => sum + one, 0),
          locale,
        )
  const children = tree.snapshots.filter(
    (other) => other.parentId !== null && ids.has(other.parentId) && !ids.has(other.id),
  ).length
  return (
    <AlertDialog
      title={
        count === 1 ? (
          <Say text="snap.deleteTitle" params={{ name: first.name }} />
        ) : (
          say('snap.deleteTitleMany', { count })
        )
      }
      description={say('snap.deleteCost')}
      onClose={onClose}
      footer={
        <Button
          kind="danger-fill"
          onClick={() => {
            onClose()
            void deleteSnapshots(machineId, [...ids])
          }}
        >
          {size === null ? say('snap.deleteOne') : say('snap.deleteSize', { size })}
        </Button>
      }
    >
      {children > 0 && <p className="quiet-text">{say('snap.deleteChildren', { count: children })}</p>}
    </AlertDialog>
  )
}
