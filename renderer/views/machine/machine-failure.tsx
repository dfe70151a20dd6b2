import { type ReactNode, useEffect, useState } from 'react'
import type { AppError } from '../../../app/domain/errors.ts'
import { isOff, standsStill } from '../../../app/domain/machine.ts'
import type { PermitContext } from '../../../app/domain/permit.ts'
import type { TaskVerb } from '../../../app/domain/task.ts'
import { failureTitle } from '../../../app/domain/task-text.ts'
import { type Verb, verbs } from '../../../app/domain/verbs.ts'
import type { Text } from '../../../app/messages/text.ts'
import { clearFailure } from '../../actions/call.ts'
import { checkMachine, placeOf } from '../../actions/machines.ts'
import { openDialog, showEndpoint, showView } from '../../actions/navigate.ts'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Say, useSay } from '../../say.tsx'
import { failureAt } from '../../store/selectors.ts'
import { store, useApp } from '../../store/store.ts'
import type { DetailTab, PlacedFailure } from '../../store/ui.ts'
import { type Cure, cureOf, type ErrorAction, errorActions } from './error-actions.ts'
import { ErrorCard } from './error-card.tsx'
import { offeredVerbKey } from './power-verbs.ts'
import { doVerb } from './verbs.ts'

/** What stands above a machine's page: what failed last with it, why its tool stopped it, or why it cannot be read. */
export function MachineFailure({
  context,
  tab = null,
  isOwnWindow = false,
}: {
  readonly context: PermitContext
  /** Where it stands; null where there are no tabs. */
  readonly tab?: DetailTab | null
  /** In a console's own window nothing is offered that would show in another one. */
  readonly isOwnWindow?: boolean
}): ReactNode {
  const { machine, endpoint } = context
  const place = placeOf(machine.id)
  const failure = useApp(failureAt(place))
  const task = useApp((state) => (failure?.taskId == null ? null : (state.tasks.byId.get(failure.taskId) ?? null)))
  const [isFolded, unfold] = useFoldedElsewhere(failure, tab)
  const again = task === null ? null : repeatable(task.verb)
  const cure = cureOf(context)
  const acts: Readonly<Record<Exclude<ErrorAction, 'copyReport'>, () => unknown>> = {
    locate: () => doVerb('locate', machine.id),
    discardSuspended: () => doVerb('discardSuspended', machine.id),
    retry: () => again !== null && doVerb(again, machine.id),
    whenFree: () => again !== null && whenFree(context, () => doVerb(again, machine.id)),
    check: () => checkMachine(machine.id),
    providers: () => showEndpoint(machine.endpointId),
    trash: () => showView('trash'),
    rename: () => openDialog({ kind: 'rename', machineId: machine.id }),
    start: () => doVerb('start', machine.id),
    shutDown: () => doVerb('shutDown', machine.id),
    powerOff: () => doVerb('powerOff', machine.id),
  }
  if (failure !== null) {
    const verb = task?.verb ?? null
    const canRetry = again !== null
    const title: Text =
      task !== null
        ? failureTitle(task)
        : failure.verb !== null
          ? failureTitle({
              verb: failure.verb,
              machineName: machine.name,
              machineKind: machine.kind,
              subject: null,
            })
          : { key: 'error.refused', params: { name: machine.name } }
    if (isFolded) return <FoldedFailure title={title} onUnfold={unfold} onClose={() => clearFailure(place)} />
    return (
      <div className="machine-failure">
        <ErrorCard
          title={title}
          error={failure.error}
          taskId={failure.taskId}
          tool={endpoint.label}
          actions={errorActions(failure.error.code, { verb, state: machine.state, canRetry, cure }).filter(
            (action) => !isOwnWindow || !leavesTheConsole.has(action),
          )}
          labels={{ locate: offeredVerbKey('locate', machine) }}
          onAction={(action) => void acts[action]()}
          onClose={() => clearFailure(place)}
        />
      </div>
    )
  }
  // In the header it is cut short, and whoever wonders why the guest does not answer may be on any tab.
  if (standsStill(machine) && machine.remark !== null) {
    return (
      <div className="machine-failure" role="status">
        <p className="notice notice-warning">
          <Icon name="warning" />
          <span>
            <Say text={machine.remark} />
          </span>
        </p>
      </div>
    )
  }
  if (machine.state !== 'inaccessible') return isOwnWindow ? null : <LackingNotice context={context} cure={cure} />
  const unreadable: AppError = {
    code: 'not-found',
    message: machine.remark ?? { key: 'why.state.inaccessible', params: { name: machine.name } },
    hint: { key: 'error.inaccessible.hint' },
    detail: null,
    field: null,
  }
  return (
    <div className="machine-failure">
      <ErrorCard
        title={{ key: 'error.inaccessible', params: { name: machine.name } }}
        error={unreadable}
        taskId={null}
        tool={endpoint.label}
        actions={['check']}
        onAction={(action) => void acts[action]()}
        onClose={null}
      />
    </div>
  )
}

/** Failures that a tab has shown whole, with that tab. */
const shownOn = new WeakMap<PlacedFailure, DetailTab>()

/** A failure stands whole on the tab where it came up, and as one line on the others: they are about other things. */
function useFoldedElsewhere(
  failure: PlacedFailure | null,
  tab: DetailTab | null,
): readonly [isFolded: boolean, unfold: () => void] {
  const [unfolded, setUnfolded] = useState<PlacedFailure | null>(null)
  useEffect(() => {
    if (failure !== null && tab !== null && !shownOn.has(failure)) shownOn.set(failure, tab)
  }, [failure, tab])
  const home = failure === null ? undefined : shownOn.get(failure)
  const isFolded = home !== undefined && tab !== null && home !== tab && unfolded !== failure
  return [isFolded, () => setUnfolded(failure)]
}

function FoldedFailure({
  title,
  onUnfold,
  onClose,
}: {
  readonly title: Text
  readonly onUnfold: () => void
  readonly onClose: () => void
}): ReactNode {
  const say = useSay()
  return (
    <div className="machine-failure">
      <div className="notice notice-warning">
        <Icon name="failed" />
        <span>
          <Say text={title} />
        </span>
        <Button size="small" onClick={onUnfold}>
          {say('action.show')}
        </Button>
        <IconButton size="small" icon="close" label={say('action.close')} onClick={onClose} />
      </div>
    </div>
  )
}

/** What a machine that is off cannot start without, and what helps. */
function LackingNotice({
  context: { machine },
  cure,
}: {
  readonly context: PermitContext
  readonly cure: Cure | null
}): ReactNode {
  const say = useSay()
  const { lostFile, remark } = machine
  const text: Text | null =
    lostFile === null || lostFile.kind === 'settings'
      ? remark
      : { key: `locate.notice.${lostFile.kind}`, params: { path: lostFile.path } }
  if (!isOff(machine.state) || !machine.needsHelp || text === null) return null
  return (
    <div className="machine-failure" role="status">
      <div className="notice notice-warning">
        <Icon name="warning" />
        <span>
          <Say text={text} />
        </span>
        {cure !== null && (
          <Button size="small" onClick={() => doVerb(cure, machine.id)}>
            {say(offeredVerbKey(cure, machine))}
          </Button>
        )}
      </div>
    </div>
  )
}

const leavesTheConsole: ReadonlySet<ErrorAction> = new Set([
  'providers',
  'trash',
  'rename',
  'locate',
  'discardSuspended',
])

/** Verbs that need nothing but the machine can be asked for again as they were. */
function repeatable(verb: TaskVerb): Verb | null {
  const plain: readonly Verb[] = ['start', 'shutDown', 'powerOff', 'reset', 'restart', 'pause', 'resume', 'suspend']
  return verbs.find((candidate) => candidate === verb && plain.includes(candidate)) ?? null
}

/** Does it once the machine is busy no more. The card stands until then and is closed by the new task. */
function whenFree({ machine }: PermitContext, work: () => void): void {
  const isFree = (): boolean => !store.getState().tasks.byMachine.has(machine.id)
  if (isFree()) work()
  else {
    const stop = store.subscribe(() => {
      if (!isFree()) return
      stop()
      work()
    })
  }
}
