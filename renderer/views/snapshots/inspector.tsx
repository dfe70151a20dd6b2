import { type ReactNode, useState } from 'react'
import { type PermitContext, permit } from '../../../app/domain/permit.ts'
import type { RestoreRecord, Snapshot, SnapshotTree } from '../../../app/domain/snapshot.ts'
import { formatBytes } from '../../../app/domain/units.ts'
import type { Text } from '../../../app/messages/text.ts'
import { openDialog } from '../../actions/navigate.ts'
import { editSnapshot, keepRestore, undoRestore } from '../../actions/snapshots.ts'
import { Button } from '../../components/button.tsx'
import { Name } from '../../components/name.tsx'
import { TextArea, TextInput } from '../../components/text-input.tsx'
import { Moment } from '../../components/time.tsx'
import { showControls } from '../../format/names.ts'
import { formatDuration } from '../../format/time.ts'
import { useLocale, useSay } from '../../say.tsx'
import { keptName } from './copy-names.ts'
import { RestoreButton } from './restore-button.tsx'
import { isShort, ShortOfRoom, useRestoreRoom } from './restore-room.tsx'
import { SnapshotPicture } from './snapshot-picture.tsx'
import { useTypicalRestoreMs } from './use-typical-restore.ts'

interface InspectorProps {
  readonly snapshots: readonly Snapshot[]
  readonly tree: SnapshotTree
  readonly context: PermitContext
  /** Asks before the chosen snapshots, or the one chosen undo copy, go. */
  readonly onDelete: () => void
}

/** What is known of the chosen snapshots, and what can be done with them. */
export function Inspector({ snapshots, tree, context, onDelete }: InspectorProps): ReactNode {
  const say = useSay()
  const [first, ...more] = snapshots
  if (first === undefined) return null
  return (
    <aside className="inspector" aria-label={say('snap.selected')}>
      {more.length > 0 ? (
        <Several snapshots={snapshots} context={context} onDelete={onDelete} />
      ) : (
        <One key={first.id} snapshot={first} tree={tree} context={context} onDelete={onDelete} />
      )}
    </aside>
  )
}

function One({
  snapshot,
  tree,
  context,
  onDelete,
}: Omit<InspectorProps, 'snapshots'> & { readonly snapshot: Snapshot }): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const parent = tree.snapshots.find((other) => other.id === snapshot.parentId)
  const children = tree.snapshots.filter((other) => other.parentId === snapshot.id && !other.keptForUndo).length
  const record = tree.restores.find((restore) => restore.keptId === snapshot.id)
  const restoreMs = useTypicalRestoreMs(context.machine.id, tree.restores.map(({ id }) => id).join(' '))
  return (
    <>
      <SnapshotPicture machineId={context.machine.id} snapshot={snapshot} tree={tree} />
      <Words snapshot={snapshot} context={context} />
      <dl className="inspector-facts">
        <dt>{say('snap.taken')}</dt>
        <dd>{snapshot.createdAt === null ? say('snap.timeUnknown') : <Moment at={snapshot.createdAt} />}</dd>
        {parent !== undefined && (
          <>
            <dt>{say('snap.afterLabel')}</dt>
            <dd>
              <Name name={parent.name} fallback={parent.id} />
            </dd>
          </>
        )}
        {snapshot.hasMemory !== null && (
          <>
            <dt>{say('snap.memory')}</dt>
            <dd>{say(snapshot.hasMemory ? 'snap.included' : 'snap.notIncluded')}</dd>
          </>
        )}
        <dt>{say('snap.onDisk')}</dt>
        <dd>{snapshot.sizeBytes === null ? say('meter.notKnown') : formatBytes(snapshot.sizeBytes, locale)}</dd>
        {restoreMs !== null && record === undefined && (
          <>
            <dt>{say('snap.restoring')}</dt>
            <dd>{say('snap.restoringTakes', { time: formatDuration(Math.max(1_000, restoreMs), locale) })}</dd>
          </>
        )}
        {children > 0 && (
          <>
            <dt>{say('snap.then')}</dt>
            <dd>{new Intl.NumberFormat(locale).format(children)}</dd>
          </>
        )}
      </dl>
      {record !== undefined ? (
        <KeptActions record={record} context={context} onDiscard={onDelete} />
      ) : (
        <Actions snapshot={snapshot} context={context} restoreNotice={tree.restoreNotice ?? null} onDelete={onDelete} />
      )}
    </>
  )
}

function Actions({
  snapshot,
  context,
  restoreNotice,
  onDelete,
}: {
  readonly snapshot: Snapshot
  readonly context: PermitContext
  readonly restoreNotice: Text | null
  readonly onDelete: () => void
}): ReactNode {
  const say = useSay()
  const clone = permit('clone', context)
  return (
    <div className="inspector-actions">
      <p className="inspector-before">{say('snap.before')}</p>
      {restoreNotice !== null && <p className="inspector-before">{say(restoreNotice)}</p>}
      <RestoreButton snapshot={snapshot} context={context} />
      {clone.kind !== 'absent' && (
        <Button
          reason={clone.kind === 'refused' ? say(clone.reason) : null}
          onClick={() => openDialog({ kind: 'clone', machineId: context.machine.id, snapshotId: snapshot.id })}
        >
          {say('verb.cloneHere')}
        </Button>
      )}
      <Button kind="danger" reason={changeReason(context, say)} onClick={onDelete}>
        {say('verb.remove')}
      </Button>
    </div>
  )
}

/** A copy kept for undo is not deleted like a snapshot: it is what its restore is undone by. */
function KeptActions({
  record,
  context,
  onDiscard,
}: {
  readonly record: RestoreRecord
  readonly context: PermitContext
  readonly onDiscard: () => void
}): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const { machine } = context
  const permission = permit('undoRestore', context)
  const reason = permission.kind === 'allowed' ? null : say(permission.reason)
  const room = useRestoreRoom(machine, record.keptId)
  const verb = say(record.direction === 'undone' ? 'verb.redoRestore' : 'verb.undoRestore')
  return (
    <div className="inspector-actions">
      <p className="inspector-before">{say('snap.keptExplained')}</p>
      {reason === null && isShort(room) ? (
        <ShortOfRoom verb={verb} room={room} />
      ) : (
        <Button kind="primary" reason={reason} onClick={() => void undoRestore(machine.id, record.id)}>
          {verb}
        </Button>
      )}
      <Button
        reason={reason ?? (record.isOnlyCopy === true ? say('undo.onlyCopy') : null)}
        onClick={() => void keepRestore(machine.id, record.id, keptName(record, locale, say))}
      >
        {say('verb.keep')}
      </Button>
      <Button kind="danger" reason={discardReason(record, context, say)} onClick={onDiscard}>
        {say('verb.letGo')}
      </Button>
    </div>
  )
}

function Several({
  snapshots,
  context,
  onDelete,
}: {
  readonly snapshots: readonly Snapshot[]
  readonly context: PermitContext
  readonly onDelete: () => void
}): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const sizes = snapshots.map((snapshot) => snapshot.sizeBytes).filter((size) => size !== null)
  const count = snapshots.length
  return (
    <>
      <h2 className="inspector-name">{say('snap.count', { count })}</h2>
      {sizes.length > 0 && (
        <dl className="inspector-facts">
          <dt>{say('snap.onDisk')}</dt>
          <dd>
            {formatBytes(
              sizes.reduce((sum, size) => sum + size, 0),
              locale,
            )}
          </dd>
        </dl>
      )}
      <div className="inspector-actions">
        <Button kind="danger" reason={deleteReason(snapshots, context, say)} onClick={onDelete}>
          {say('snap.deleteCount', { count })}
        </Button>
      </div>
    </>
  )
}

/** Name and description; pressing them edits them, leaving the field keeps what was typed, Escape does not. */
function Words({ snapshot, context }: { readonly snapshot: Snapshot; readonly context: PermitContext }): ReactNode {
  const say = useSay()
  const [editing, setEditing] = useState<'name' | 'description' | null>(null)
  const [typed, setTyped] = useState('')
  const reason = snapshot.keptForUndo ? say('snap.keptExplained') : changeReason(context, say)
  const edit = (part: 'name' | 'description'): void => {
    if (reason !== null) return
    setTyped(snapshot[part])
    setEditing(part)
  }
  const take = (): void => {
    if (editing === null) return
    setEditing(null)
    const text = typed.trim()
    if (text === snapshot[editing] || (editing === 'name' && text === '')) return
    const { name, description } = snapshot
    void editSnapshot(context.machine.id, snapshot.id, { name, description, [editing]: text })
  }
  const onKeyDown = (event: React.KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter' && !(editing === 'description' && event.shiftKey)) {
      event.preventDefault()
      take()
    } else if (event.key === 'Escape') {
      event.stopPropagation()
      setEditing(null)
    }
  }
  const field = {
    dir: 'auto',
    value: typed,
    onBlur: take,
    onKeyDown,
    onChange: (event: { currentTarget: { value: string } }) => setTyped(event.currentTarget.value),
  } as const
  const off = reason === null ? {} : ({ 'aria-disabled': true, 'data-tip': reason } as const)
  return (
    <div>
      {editing === 'name' ? (
        <TextInput {...field} aria-label={say('detail.name')} maxLength={200} ref={(input) => input?.focus()} />
      ) : (
        <h2 className="inspector-name">
          <button type="button" className="inspector-edit" dir="auto" {...off} onClick={() => edit('name')}>
            {showControls(snapshot.name)}
          </button>
        </h2>
      )}
      {editing === 'description' ? (
        <TextArea {...field} aria-label={say('snap.description')} maxLength={10_000} ref={(area) => area?.focus()} />
      ) : snapshot.keptForUndo && snapshot.description === '' ? null : (
        <p className="inspector-description">
          <button
            type="button"
            className={`inspector-edit ${snapshot.description === '' ? 'faint-text' : ''}`}
            dir="auto"
            {...off}
            onClick={() => edit('description')}
          >
            {snapshot.description === '' ? say('snap.noDescription') : snapshot.description}
          </button>
        </p>
      )}
    </div>
  )
}

type SayText = ReturnType<typeof useSay>

/** Why an undo copy cannot be discarded now; null when it can. */
export function discardReason(record: RestoreRecord, context: PermitContext, say: SayText): string | null {
  if (record.isOnlyCopy === true) return say('undo.onlyCopy')
  const permission = permit('undoRestore', context)
  return permission.kind === 'allowed' ? null : say(permission.reason)
}

/** Why these snapshots cannot be deleted now; null when they can. */
export function deleteReason(snapshots: readonly Snapshot[], context: PermitContext, say: SayText): string | null {
  return snapshots.some(({ keptForUndo }) => keptForUndo) ? say('snap.keptAmong') : changeReason(context, say)
}

/** Why snapshots cannot be changed now: for the same reasons as going back to one. */
function changeReason(context: PermitContext, say: SayText): string | null {
  const permission = permit('restore', context)
  return permission.kind === 'allowed' ? null : say(permission.reason)
}
