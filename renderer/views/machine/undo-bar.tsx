import { type ReactNode, useState } from 'react'
import type { PermitContext } from '../../../app/domain/permit.ts'
import { permit } from '../../../app/domain/permit.ts'
import type { RestoreRecord } from '../../../app/domain/snapshot.ts'
import type { Task, TaskVerb } from '../../../app/domain/task.ts'
import { formatBytes } from '../../../app/domain/units.ts'
import type { MessageKey } from '../../../app/messages/text.ts'
import { keepRestore, undoRestore } from '../../actions/snapshots.ts'
import { cancelTask } from '../../actions/tasks.ts'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Menu } from '../../components/menu.tsx'
import { ProgressBar } from '../../components/progress-bar.tsx'
import { StateMark } from '../../components/state-mark.tsx'
import { useMinute } from '../../format/clock.ts'
import { momentText } from '../../format/moment-text.ts'
import { Say, useLocale, useSay } from '../../say.tsx'
import { copyName, keptName } from '../snapshots/copy-names.ts'
import { DiscardCopy } from '../snapshots/discard-copy.tsx'
import { useRestoreRoom, useShortReason } from '../snapshots/restore-room.tsx'
import { canCancel } from './header-items.ts'
import './undo-bar.css'

const underWay: Partial<Record<TaskVerb, MessageKey>> = {
  restore: 'undo.restoring',
  undoRestore: 'undo.undoing',
  redoRestore: 'undo.redoing',
}

/**
 * The way back from a restore, on every tab of its machine until the person lets it go: drawn from the record that the
 * provider keeps on disk, so it is there after a restart too. Copies stack: the newest is offered, the tree shows all.
 */
export function UndoBar({
  context,
  restores,
}: {
  readonly context: PermitContext
  readonly restores: readonly RestoreRecord[]
}): ReactNode {
  const { task } = context
  const title = task === null ? undefined : underWay[task.verb]
  if (task !== null && title !== undefined) return <UnderWay task={task} title={title} />
  const newest = restores[0]
  if (newest === undefined) return null
  return <Record key={newest.id} record={newest} context={context} />
}

function UnderWay({ task, title }: { readonly task: Task; readonly title: MessageKey }): ReactNode {
  const say = useSay()
  const step = task.progress?.text ?? null
  return (
    <div className="undo-bar" role="status">
      <StateMark name="busy" />
      <p className="undo-bar-text">
        {say(title)}
        <small>{step === null ? say('undo.keptFirst') : <Say text={step} />}</small>
      </p>
      <ProgressBar fraction={task.progress?.fraction ?? null} label={say(title)} />
      <Button
        size="small"
        reason={canCancel(task) ? null : say('detail.cannotCancel')}
        onClick={() => void cancelTask(task.id)}
      >
        {say('verb.cancel')}
      </Button>
    </div>
  )
}

function Record({ record, context }: { readonly record: RestoreRecord; readonly context: PermitContext }): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const now = useMinute()
  const [isAsking, setAsking] = useState(false)
  const { machine } = context
  const permission = permit('undoRestore', context)
  const reason = permission.kind === 'allowed' ? null : say(permission.reason)
  const time = momentText(record.keptAt, now, locale, say)
  const size = record.keptBytes === null ? null : formatBytes(record.keptBytes, locale)
  const isBroken = record.state !== 'done'
  const shortReason = useShortReason(useRestoreRoom(machine, record.keptId))
  // One that broke off is put back whatever room there is: main says what that needs.
  const undoReason = reason ?? (isBroken ? null : shortReason)
  const isUndone = record.direction === 'undone'
  const discardReason = reason ?? (record.isOnlyCopy === true ? say('undo.onlyCopy') : null)
  const undo = (): void => void undoRestore(machine.id, record.id)
  const keep = (): void => void keepRestore(machine.id, record.id, keptName(record, locale, say))
  return (
    <div className={`undo-bar ${isBroken ? 'undo-bar-failed' : ''}`} role="status">
      <Icon name={isBroken ? 'failed' : 'undo'} />
      <p className="undo-bar-text">
        {isBroken ? (
          <Say text="undo.broken" params={{ time }} />
        ) : (
          <Say
            text={isUndone ? 'undo.undone' : 'undo.restored'}
            params={{ name: record.snapshotName }}
            strong={['name']}
          />
        )}
        <small>
          {isBroken
            ? say('undo.brokenHint')
            : size === null
              ? copyName(record, locale, say)
              : say('undo.copySize', { name: copyName(record, locale, say), size })}
        </small>
      </p>
      <div className="undo-bar-actions">
        {!isBroken && (
          <Button kind="quiet" size="small" className="undo-bar-keep" reason={discardReason} onClick={keep}>
            {say('verb.keep')}
          </Button>
        )}
        <Button
          size="small"
          kind={isBroken ? 'primary' : 'normal'}
          icon={isBroken ? undefined : 'undo'}
          reason={undoReason}
          onClick={undo}
        >
          {say(isBroken ? 'undo.putBack' : isUndone ? 'verb.redoRestore' : 'verb.undoRestore')}
        </Button>
        <Menu
          align="end"
          entries={() => [
            ...(isBroken
              ? []
              : [
                  {
                    kind: 'item' as const,
                    id: 'keep',
                    label: say('verb.keep'),
                    icon: 'snapshot' as const,
                    reason: discardReason,
                    choose: keep,
                  },
                ]),
            {
              kind: 'item',
              id: 'letGo',
              label: say('verb.letGo'),
              icon: 'trash',
              reason: discardReason,
              isDanger: true,
              choose: () => setAsking(true),
            },
          ]}
        >
          <IconButton size="small" icon="more" label={say('action.more')} />
        </Menu>
      </div>
      {isAsking && <DiscardCopy machineId={machine.id} record={record} onClose={() => setAsking(false)} />}
    </div>
  )
}
