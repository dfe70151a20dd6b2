import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { Task } from '../../../app/domain/task.ts'
import { formatBytes, formatMemory } from '../../../app/domain/units.ts'
import { refreshSystem } from '../../actions/system.ts'
import { recoverMachines } from '../../actions/tasks.ts'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { Popover } from '../../components/popover.tsx'
import { ProgressBar } from '../../components/progress-bar.tsx'
import { StateMark } from '../../components/state-mark.tsx'
import { useMinute } from '../../format/clock.ts'
import { Say, useLocale, useSay } from '../../say.tsx'
import { onTaskChanged } from '../../store/connect.ts'
import { groupOf } from '../../store/selectors.ts'
import { setUi, store, useApp } from '../../store/store.ts'
import { canRecover, isOver, seeAll } from '../../store/tasks.ts'
import './tasks.css'
import { isAway } from '../../../app/domain/provider.ts'
import { taskText } from '../../../app/domain/task-text.ts'
import { stripTasks } from './strip-model.ts'
import { TasksPanel } from './tasks-panel.tsx'
import { TerminalsButton } from './terminals-button.tsx'
import { WaitText } from './wait-text.tsx'

/** The line at the foot: what is under way, what failed and was not looked at, and figures of all hosts. */
export function TaskStrip(): ReactNode {
  const say = useSay()
  const tasks = useApp((state) => state.tasks)
  const isOpen = useApp((state) => state.ui.areTasksOpen)
  const recent = useRecentlyDone()
  const { shown, more, failed } = stripTasks(tasks, recent)
  const setOpen = (next: boolean): void => {
    setUi({ areTasksOpen: next })
    // Seen once the list was open: the strip then says no more of them.
    if (!next) store.setState((state) => ({ tasks: seeAll(state.tasks) }))
  }
  return (
    <div className="strip">
      <Popover
        label={say('tasks.title')}
        isOpen={isOpen}
        onOpenChange={setOpen}
        side="top"
        className="tasks-popover"
        trigger={
          <button type="button" className="strip-button strip-tasks" data-pane-start>
            <Connection />
            {shown !== null && <StripTask task={shown} />}
            {more > 0 && <span className="strip-more">{say('strip.more', { count: more })}</span>}
            {failed > 0 && (
              <span className="strip-failed">
                <Icon name="failed" size="small" />
                {say('strip.failed', { count: failed })}
              </span>
            )}
            {shown === null && failed === 0 && <span>{say('strip.ready')}</span>}
          </button>
        }
      >
        <TasksPanel onClose={() => setOpen(false)} />
      </Popover>
      <Undo shown={shown} recent={recent} />
      <span className="grow" />
      <Figures />
      <TerminalsButton />
    </div>
  )
}

function StripTask({ task }: { readonly task: Task }): ReactNode {
  const say = useSay()
  const text = taskText(task)
  if (isOver(task)) {
    return (
      <>
        <Icon name="check" size="small" className="strip-done" />
        <span className="cut">
          <Say text={text} />
        </span>
      </>
    )
  }
  const fraction = task.progress?.fraction ?? null
  return (
    <>
      <StateMark name="busy" />
      <span className="cut">
        <Say text={text} />
      </span>
      <ProgressBar fraction={fraction} label={say(text)} />
      <span className="strip-progress cut">
        {fraction === null ? <WaitText task={task} /> : say('tasks.percent', { percent: Math.round(fraction * 100) })}
      </span>
    </>
  )
}

/** Beside a deletion that was just done: brings back what was deleted with it. */
function Undo({ shown, recent }: { readonly shown: Task | null; readonly recent: ReadonlySet<string> }): ReactNode {
  const say = useSay()
  const byId = useApp((state) => state.tasks.byId)
  const machines = useApp(({ inventory }) => inventory.machines)
  const tasks = [...byId.values()]
  if (shown === null || !canRecover(shown, tasks, machines)) return null
  const removals = tasks.filter((task) => recent.has(task.id) && canRecover(task, tasks, machines))
  const count = removals.length
  return (
    <Button size="small" icon="undo" className="strip-undo" onClick={() => void recoverMachines(removals)}>
      {count === 1 ? say('tasks.undo') : say('strip.recover', { count })}
    </Button>
  )
}

/** Said only when it is not as it should be. */
function Connection(): ReactNode {
  const say = useSay()
  const state = useApp(({ connection }) => connection.state)
  if (state === 'ready') return null
  return (
    <span className="strip-lost">
      {state !== 'refused' && <StateMark name="busy" />}
      {say(`strip.${state}`)}
    </span>
  )
}

function Figures(): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const running = useApp((state) => {
    let count = 0
    const away = new Set(state.inventory.endpoints.filter(isAway).map(({ id }) => id))
    for (const machine of state.inventory.machines.values()) {
      if (groupOf(machine, null) === 'running' && !away.has(machine.endpointId)) count += 1
    }
    return count
  })
  const hosts = useApp((state) => state.inventory.hosts.length)
  const freeBytes = useApp((state) => state.system?.freeBytes ?? null)
  const memoryBytes = useApp((state) => state.system?.memoryBytes ?? 0)
  const cpuBusyPercent = useApp((state) => state.system?.cpuBusyPercent ?? null)
  const freeMemoryBytes = useApp((state) => state.system?.freeMemoryBytes ?? null)
  useFreshSystem()
  return (
    <span className="strip-figures">
      <span>{say('strip.running', { count: running })}</span>
      {hosts > 1 && <span>{say('strip.hosts', { count: hosts })}</span>}
      {cpuBusyPercent !== null && (
        <span className="strip-cpu">{say('strip.cpu', { percent: Math.round(cpuBusyPercent) })}</span>
      )}
      {freeMemoryBytes !== null && (
        <span className="strip-memory">
          {say('strip.memory', {
            used: formatMemory(memoryBytes - freeMemoryBytes, locale),
            total: formatMemory(memoryBytes, locale),
          })}
        </span>
      )}
      {freeBytes !== null && <span>{say('strip.free', { size: formatBytes(freeBytes, locale) })}</span>}
    </span>
  )
}

/** Free space and memory are read again each minute on a visible page, and when a task may have changed them. */
function useFreshSystem(): void {
  const minute = useMinute()
  const isReady = useApp((state) => state.connection.state === 'ready')
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new minute is what it waits for
  useEffect(() => {
    if (isReady) void refreshSystem()
  }, [minute, isReady])
  useEffect(() => onTaskChanged((task) => isOver(task) && void refreshSystem()), [])
}

const doneShownMs = 4_000
/** What can be taken back on the strip itself stays until it was read, and the way to its button found. */
const undoShownMs = 20_000

/** Tasks that ended a moment ago: they are shown for a while, then leave by themselves. */
function useRecentlyDone(): ReadonlySet<string> {
  const byId = useApp((state) => state.tasks.byId)
  const known = useRef<ReadonlyMap<string, Task>>(byId)
  const [recent, setRecent] = useState<ReadonlySet<string>>(new Set())
  useEffect(() => {
    const ended = [...byId.values()].filter((task) => {
      const before = known.current.get(task.id)
      return task.state === 'succeeded' && before !== undefined && !isOver(before)
    })
    known.current = byId
    if (ended.length === 0) return
    setRecent((now) => new Set([...now, ...ended.map((task) => task.id)]))
    // Not cleared with the effect: a later task must not keep an earlier one on the strip.
    for (const { id, result } of ended) {
      const leave = (): void => setRecent((now) => new Set([...now].filter((other) => other !== id)))
      setTimeout(leave, result.trashId === undefined ? doneShownMs : undoShownMs)
    }
  }, [byId])
  return recent
}
