import type { CSSProperties, ReactNode } from 'react'
import { type PermitContext, permit } from '../../../app/domain/permit.ts'
import type { Snapshot } from '../../../app/domain/snapshot.ts'
import { taskText } from '../../../app/domain/task-text.ts'
import { formatBytes } from '../../../app/domain/units.ts'
import { Button } from '../../components/button.tsx'
import { GridPart } from '../../components/grid-part.tsx'
import { Icon } from '../../components/icon.tsx'
import { Name } from '../../components/name.tsx'
import { StateMark } from '../../components/state-mark.tsx'
import { Moment, Since } from '../../components/time.tsx'
import { useMinute } from '../../format/clock.ts'
import { momentText } from '../../format/moment-text.ts'
import { stateKey } from '../../format/state-key.ts'
import { formatDuration } from '../../format/time.ts'
import { Say, useLocale, useSay } from '../../say.tsx'
import { doVerb } from '../machine/verbs.ts'
import type { NowRow, SnapshotRow, TreeRow } from './layout-tree.ts'
import { laneX } from './rails.tsx'

interface LineProps {
  readonly index: number
  /** The row that holds the grid's tab stop. */
  readonly isCursor: boolean
  readonly onPress: (event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }) => void
}

/** What every row of the tree carries for a screen reader and for the keyboard. */
function lineProps(row: TreeRow, { index, isCursor, onPress }: LineProps) {
  return {
    role: 'row',
    'data-row': index,
    'aria-rowindex': index + 1,
    'aria-level': row.lane + 1,
    'aria-posinset': row.position,
    'aria-setsize': row.branchLength,
    tabIndex: isCursor ? 0 : -1,
    onClick: onPress,
    style: {
      top: row.topPx,
      height: row.heightPx,
      '--rail': `${laneX(row.lane) + 18}px`,
    } as CSSProperties,
  } as const
}

export function SnapshotLine({
  row,
  context,
  isSelected,
  isDimmed,
  isRelative,
  ...line
}: LineProps & {
  readonly row: SnapshotRow
  readonly context: PermitContext
  readonly isSelected: boolean
  readonly isDimmed: boolean
  /** Times as "how long ago". */
  readonly isRelative: boolean
}): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const label = useRowLabel(row)
  const { snapshot } = row
  const busy = taskOn(snapshot, context)
  const look = ['snapshot-line', snapshot.keptForUndo && 'snapshot-line-kept', isDimmed && 'snapshot-line-dim']
  return (
    <GridPart
      {...lineProps(row, line)}
      aria-label={label}
      aria-selected={isSelected}
      className={look.filter(Boolean).join(' ')}
    >
      <GridPart role="gridcell" className="snapshot-line-text">
        <div className="snapshot-line-name">
          {busy !== null && <StateMark name="busy" />}
          <Name name={snapshot.name} fallback={snapshot.id} />
          {snapshot.hasMemory === true && (
            <span className="badge">
              <Icon name="memory" />
              <span className="badge-text">{say('snap.memory')}</span>
            </span>
          )}
          {snapshot.keptForUndo && <span className="badge badge-accent">{say('snap.keptForUndo')}</span>}
        </div>
        <div className="snapshot-line-meta cut">
          {busy === null ? <Meta row={row} isRelative={isRelative} /> : <Say text={taskText(busy)} />}
        </div>
      </GridPart>
      <GridPart
        role="gridcell"
        className="snapshot-line-size"
        data-tip={snapshot.sizeBytes === null ? say('snap.sizeUnknown') : undefined}
      >
        {snapshot.sizeBytes === null ? '' : formatBytes(snapshot.sizeBytes, locale)}
      </GridPart>
    </GridPart>
  )
}

function Meta({ row, isRelative }: { readonly row: SnapshotRow; readonly isRelative: boolean }): ReactNode {
  const say = useSay()
  const { snapshot, parent } = row
  const time =
    snapshot.createdAt === null ? (
      say('snap.timeUnknown')
    ) : isRelative ? (
      <Since at={snapshot.createdAt} />
    ) : (
      <Moment at={snapshot.createdAt} />
    )
  return (
    <>
      {time}
      {row.namesParent && parent !== null && (
        <>
          {' · '}
          <Say text="snap.after" params={{ name: parent.name }} />
        </>
      )}
    </>
  )
}

/** The machine as it is: never restored to, always there. */
export function NowLine({
  row,
  context,
  ...line
}: LineProps & { readonly row: NowRow; readonly context: PermitContext }): ReactNode {
  const say = useSay()
  const { machine, task } = context
  const permission = permit('snapshot', context)
  const isBusy = task !== null && ['takeSnapshot', 'restore', 'undoRestore', 'redoRestore'].includes(task.verb)
  const fraction = task?.progress?.fraction ?? null
  return (
    <GridPart
      {...lineProps(row, line)}
      aria-current="true"
      aria-selected="false"
      className="snapshot-line snapshot-line-now"
    >
      <GridPart role="gridcell" className="snapshot-line-text snapshot-line-name">
        <b>{say('snap.now')}</b>
        <span className="snapshot-line-meta cut">
          {isBusy ? <Say text={taskText(task)} /> : <NowState context={context} />}
          {isBusy && fraction !== null && ` ${say('tasks.percent', { percent: Math.floor(fraction * 100) })}`}
        </span>
      </GridPart>
      <GridPart role="gridcell" className="snapshot-line-size">
        <Button
          size="small"
          icon="snapshot-add"
          className="snapshot-take"
          reason={permission.kind === 'allowed' ? null : say(permission.reason)}
          onClick={(event) => {
            event.stopPropagation()
            doVerb('snapshot', machine.id)
          }}
        >
          {say('verb.snapshot')}
        </Button>
      </GridPart>
    </GridPart>
  )
}

/** How it stands and for how long; what takes seconds has no length worth saying. */
function NowState({ context: { machine } }: { readonly context: PermitContext }): ReactNode {
  const say = useSay()
  const locale = useLocale()
  useMinute()
  const state = say(stateKey(machine.state, machine))
  const elapsedMs = machine.since === null ? 0 : Date.now() - Date.parse(machine.since)
  if (elapsedMs < 60_000) return state
  return say('snap.nowFor', { state, duration: formatDuration(elapsedMs, locale) })
}

function useRowLabel({ snapshot, parent }: SnapshotRow): string {
  const say = useSay()
  const locale = useLocale()
  const now = useMinute()
  return [
    snapshot.name,
    snapshot.createdAt === null ? say('snap.timeUnknown') : momentText(snapshot.createdAt, now, locale, say),
    parent === null ? null : say('snap.after', { name: parent.name }),
    snapshot.sizeBytes === null ? null : formatBytes(snapshot.sizeBytes, locale),
    snapshot.hasMemory === true ? say('snap.withMemory') : null,
    snapshot.keptForUndo ? say('snap.keptForUndo') : null,
  ]
    .filter((part) => part !== null)
    .join(', ')
}

/** The job that changes this very snapshot. Tasks name it by its name alone, so a name that repeats marks all who bear it. */
function taskOn(snapshot: Snapshot, { task }: PermitContext) {
  const isOn = task?.verb === 'deleteSnapshot' || task?.verb === 'editSnapshot'
  return isOn && task.subject === snapshot.name ? task : null
}
