import { type ReactNode, useState } from 'react'
import type { Machine } from '../../../app/domain/machine.ts'
import { type PermitContext, permit } from '../../../app/domain/permit.ts'
import type { Snapshot } from '../../../app/domain/snapshot.ts'
import { formatBytes } from '../../../app/domain/units.ts'
import type { MessageKey } from '../../../app/messages/text.ts'
import { showView } from '../../actions/navigate.ts'
import { restoreSnapshot } from '../../actions/snapshots.ts'
import { Button } from '../../components/button.tsx'
import { Popover } from '../../components/popover.tsx'
import { Say, useLocale, useSay } from '../../say.tsx'
import { isShort, ShortOfRoom, useRestoreRoom } from './restore-room.tsx'
import { useSpaceNote } from './space-note.ts'

/** What becomes of a machine that is on. Its disks alone boot it only when it ran. */
function becomes({ hasMemory }: Snapshot, { kind, state }: Machine): MessageKey {
  if (kind === 'container') return 'snap.becomes.container'
  if (hasMemory === true) return 'snap.becomes.resumes'
  return state === 'running' ? 'snap.becomes.boots' : 'snap.becomes.off'
}

/**
 * Goes back to a snapshot: at once when nothing runs, after one question when what runs is about to be kept first. Where
 * there is no room to keep it, both figures are said and the way to more room stands beside.
 */
export function RestoreButton({
  snapshot,
  context,
}: {
  readonly snapshot: Snapshot
  readonly context: PermitContext
}): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const [isOpen, setOpen] = useState(false)
  const { machine } = context
  const space = useSpaceNote(machine)
  const room = useRestoreRoom(machine, snapshot.id)
  const permission = permit('restore', context)
  const restore = (): void => {
    setOpen(false)
    void restoreSnapshot(machine.id, snapshot.id)
  }
  if (permission.kind === 'allowed' && isShort(room)) return <ShortOfRoom verb={say('verb.restore')} room={room} />
  const reason = permission.kind === 'allowed' ? null : say(permission.reason)
  if (machine.state !== 'running' && machine.state !== 'paused') {
    return (
      <Button kind="primary" reason={reason} onClick={restore}>
        {say('verb.restore')}
      </Button>
    )
  }
  // The provider's own figure is nearer than the machine's whole memory.
  const note =
    room === null
      ? space?.text
      : say('snap.space', { size: formatBytes(room.neededBytes, locale), free: formatBytes(room.freeBytes, locale) })
  const isTight = room === null && space?.isTight === true
  return (
    <Popover
      label={say('verb.restore')}
      side="top"
      align="end"
      isOpen={isOpen && reason === null}
      onOpenChange={setOpen}
      trigger={
        <Button kind="primary" reason={reason}>
          {say('verb.restore')}
        </Button>
      }
    >
      <div className="ask">
        <p>
          <Say text="snap.restoreRunning" params={{ name: snapshot.name }} strong={['name']} />
        </p>
        <p>{say(becomes(snapshot, machine))}</p>
        {note !== undefined && <p className="ask-note">{note}</p>}
        <div className="ask-buttons">
          {isTight && (
            <Button kind="quiet" onClick={() => showView('trash')}>
              {say('error.action.trash')}
            </Button>
          )}
          <Button onClick={() => setOpen(false)}>{say('verb.cancel')}</Button>
          <Button kind="primary" onClick={restore}>
            {say('verb.restore')}
          </Button>
        </div>
      </div>
    </Popover>
  )
}
