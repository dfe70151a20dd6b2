import type { ReactNode } from 'react'
import type { SnapshotId } from '../../../app/domain/ids.ts'
import type { Machine } from '../../../app/domain/machine.ts'
import type { RestoreRoom } from '../../../app/domain/snapshot.ts'
import { formatBytes } from '../../../app/domain/units.ts'
import { call } from '../../actions/call.ts'
import { showView } from '../../actions/navigate.ts'
import { Button } from '../../components/button.tsx'
import { useLocale, useSay } from '../../say.tsx'
import { useApp } from '../../store/store.ts'
import { useAnswer } from '../machine/use-answer.ts'

/** What going back needs against what is free; asked again when the machine's state or the free space changed. */
export function useRestoreRoom(machine: Machine, snapshotId: SnapshotId): RestoreRoom | null {
  const freeBytes = useApp(({ system }) => system?.freeBytes ?? null)
  const { id, state } = machine
  return useAnswer(`${id} ${snapshotId}`, `${state} ${freeBytes}`, () => call('snapshot.room', { id, snapshotId }))
    .value
}

export function isShort(room: RestoreRoom | null): room is RestoreRoom {
  return room !== null && room.freeBytes < room.neededBytes
}

/** Why a verb that goes back has no room to keep the present first, with both figures; null when it has. */
export function useShortReason(room: RestoreRoom | null): string | null {
  const say = useSay()
  const locale = useLocale()
  if (!isShort(room)) return null
  return say('snap.spaceShort', {
    needed: formatBytes(room.neededBytes, locale),
    free: formatBytes(room.freeBytes, locale),
  })
}

/** A verb that goes back but has no room to keep the present: both figures, and the way to more room beside. */
export function ShortOfRoom({ verb, room }: { readonly verb: string; readonly room: RestoreRoom }): ReactNode {
  const say = useSay()
  const reason = useShortReason(room)
  return (
    <>
      <p className="inspector-short">{reason}</p>
      <Button kind="primary" reason={reason}>
        {verb}
      </Button>
      <Button onClick={() => showView('trash')}>{say('error.action.trash')}</Button>
    </>
  )
}
