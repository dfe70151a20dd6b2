import type { Machine } from '../../../app/domain/machine.ts'
import type { RestoreRoom, Snapshot } from '../../../app/domain/snapshot.ts'
import { call } from '../../actions/call.ts'
import { useApp } from '../../store/store.ts'
import { useAnswer } from '../machine/use-answer.ts'

/** What restoring needs against what is free; asked again when the machine's state or the free space changed. */
export function useRestoreRoom(machine: Machine, snapshot: Snapshot): RestoreRoom | null {
  const freeBytes = useApp(({ system }) => system?.freeBytes ?? null)
  const { id } = machine
  const key = `${machine.state} ${freeBytes}`
  return useAnswer(`${id} ${snapshot.id}`, key, () => call('snapshot.room', { id, snapshotId: snapshot.id })).value
}
