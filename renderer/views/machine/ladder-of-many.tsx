import { type ReactNode, useRef } from 'react'
import type { MachineId, TaskId } from '../../../app/domain/ids.ts'
import type { Task } from '../../../app/domain/task.ts'
import { shutDownMachine } from '../../actions/machines.ts'
import { openDialog } from '../../actions/navigate.ts'
import { cancelTask } from '../../actions/tasks.ts'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { ProgressBar } from '../../components/progress-bar.tsx'
import { StateMark } from '../../components/state-mark.tsx'
import { useSecond } from '../../format/clock.ts'
import { formatCountdown } from '../../format/time.ts'
import { Say, useSay } from '../../say.tsx'
import { useApp } from '../../store/store.ts'
import { clock, left } from './ladder-clock.ts'
import { noAnswerKey } from './ladder-words.ts'

/** Machines that have a line of their own; the others are a number. */
const maxLines = 5

/**
 * One ladder for several machines: how far all are, the last step for all of a kind, and those that are longest in
 * coming. A single machine is forced on its own page: lines move up as others end, and no button may do so.
 */
export function LadderOfMany({ tasks }: { readonly tasks: readonly Task[] }): ReactNode {
  const say = useSay()
  const now = useSecond()
  const machines = useApp((state) => state.inventory.machines)
  const asked = useAsked(tasks)
  const count = asked.size
  const ids = tasks.flatMap(({ machineId }) => machineId ?? [])
  const containers = ids.filter((id) => machines.get(id)?.kind === 'container')
  const vms = ids.filter((id) => machines.get(id)?.kind !== 'container')
  // Of all that were asked, so that the sentence stays the same while they end.
  const kinds = new Set([...asked.values()].map((id) => (id === null ? 'vm' : (machines.get(id)?.kind ?? 'vm'))))
  const title =
    kinds.size > 1 ? 'power.askedMixed' : kinds.has('container') ? 'power.askedContainers' : 'power.askedVms'
  const kills = tasks.flatMap(({ progress }) => (progress?.wait?.killsAtLimit === true ? left(progress.wait, now) : []))
  const slowest = [...tasks].sort((one, other) => Number(isUnanswered(other)) - Number(isUnanswered(one)))
  const rest = tasks.length - maxLines
  const lines = rest > 1 ? slowest.slice(0, maxLines) : slowest
  return (
    <section className="ladder" aria-label={say(title, { count })}>
      <div className="ladder-step">
        <Icon name="check" className="ladder-done" />
        <div>
          {say(title, { count })}
          <p className="ladder-sub">{say('power.progress', { off: count - tasks.length, left: tasks.length })}</p>
          <ProgressBar fraction={(count - tasks.length) / count} label={say(title, { count })} isWide />
          {kills.length > 0 && (
            <p className="ladder-sub">{say('power.killsFirst', { time: formatCountdown(Math.min(...kills)) })}</p>
          )}
        </div>
      </div>
      <Force ids={vms} title="power.forceVms" cost="stop.cost" />
      <Force ids={containers} title="power.forceContainers" cost="stop.costContainer" />
      {lines.map((task) => (
        <Line key={task.id} task={task} now={now} />
      ))}
      {rest > 1 && <p className="ladder-sub ladder-more">{say('power.more', { count: rest })}</p>}
      <footer className="ladder-actions">
        <Button size="small" onClick={() => void Promise.all(ids.map(shutDownMachine))}>
          {say('power.askAgainAll')}
        </Button>
        <Button size="small" onClick={() => void Promise.all(tasks.map((task) => cancelTask(task.id)))}>
          {say('power.stopWaitingAll')}
        </Button>
      </footer>
    </section>
  )
}

/** The requests that the ladder has seen: those that have ended count as done. */
function useAsked(tasks: readonly Task[]): ReadonlyMap<TaskId, MachineId | null> {
  const seen = useRef(new Map<TaskId, MachineId | null>())
  for (const task of tasks) seen.current.set(task.id, task.machineId)
  return seen.current
}

function Line({ task, now }: { readonly task: Task; readonly now: number }): ReactNode {
  const wait = task.progress?.wait ?? null
  return (
    <div className="ladder-step ladder-machine">
      {isUnanswered(task) ? <Icon name="warning" className="ladder-unanswered" /> : <StateMark name="busy" />}
      <div>
        <Say text={isUnanswered(task) ? noAnswerKey(task) : 'stop.waiting'} params={{ name: task.machineName }} />
      </div>
      <span className="ladder-clock">{wait !== null && clock(wait, now)} </span>
    </div>
  )
}

/** The last step for all that are left of a kind, which is a person's and asked once more. */
function Force({
  ids,
  title,
  cost,
}: {
  readonly ids: readonly MachineId[]
  readonly title: 'power.forceVms' | 'power.forceContainers'
  readonly cost: 'stop.cost' | 'stop.costContainer'
}): ReactNode {
  const say = useSay()
  if (ids.length === 0) return null
  return (
    <div className="ladder-step ladder-machine">
      <StateMark name="stopped" />
      <p className="ladder-sub">{say(cost)}</p>
      <Button
        kind="danger"
        size="small"
        onClick={() => openDialog({ kind: 'power', verb: 'powerOff', machineIds: ids })}
      >
        {say(title, { count: ids.length })}
      </Button>
    </div>
  )
}

function isUnanswered(task: Task): boolean {
  return task.progress?.wait?.unanswered === true
}
