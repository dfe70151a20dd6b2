import { type ReactNode, useState } from 'react'
import { type PermitContext, permit } from '../../../app/domain/permit.ts'
import type { Snapshot } from '../../../app/domain/snapshot.ts'
import { showView } from '../../actions/navigate.ts'
import { restoreSnapshot } from '../../actions/snapshots.ts'
import { Button } from '../../components/button.tsx'
import { Popover } from '../../components/popover.tsx'
import { Say, useSay } from '../../say.tsx'
import { useSpaceNote } from './space-note.ts'

/** Goes back to a snapshot: at once when nothing runs, after one question when what runs is about to be kept first. */
export function RestoreButton({
  snapshot,
  context,
}: {
  readonly snapshot: Snapshot
  readonly context: PermitContext
}): ReactNode {
  const say = useSay()
  const [isOpen, setOpen] = useState(false)
  const { machine } = context
  const space = useSpaceNote(machine)
  const permission = permit('restore', context)
  const reason = permission.kind === 'allowed' ? null : say(permission.reason)
  const restore = (): void => {
    setOpen(false)
    void restoreSnapshot(machine.id, snapshot.id)
  }
  if (machine.state !== 'running' && machine.state !== 'paused') {
    return (
      <Button kind="primary" reason={reason} onClick={restore}>
        {say('verb.restore')}
      </Button>
    )
  }
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
        {space !== null && <p className="ask-note">{space.text}</p>}
        <div className="ask-buttons">
          {space?.isTight === true && (
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
