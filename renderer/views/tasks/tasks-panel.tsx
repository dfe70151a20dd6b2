import type { ReactNode } from 'react'
import type { Task } from '../../../app/domain/task.ts'
import { taskText } from '../../../app/domain/task-text.ts'
import { cancelTask, clearTasks, revealOf, undoOf, whereOf } from '../../actions/tasks.ts'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { ProgressBar } from '../../components/progress-bar.tsx'
import { StateMark } from '../../components/state-mark.tsx'
import { formatDuration, formatTime } from '../../format/time.ts'
import { Say, useLocale, useSay } from '../../say.tsx'
import { useApp } from '../../store/store.ts'
import { isOver } from '../../store/tasks.ts'
import { canCancel } from '../machine/header-items.ts'
import { orderTasks } from './strip-model.ts'
import { WaitText } from './wait-text.tsx'

/** Everything under way and lately done, each with its way on: Cancel, Show, Undo. */
export function TasksPanel({ onClose }: { readonly onClose: () => void }): ReactNode {
  const say = useSay()
  const tasks = orderTasks(useApp((state) => state.tasks.byId).values())
  return (
    <>
      <header className="tasks-header">
        <h2>{say('tasks.title')}</h2>
        {tasks.some(isOver) && (
          <Button kind="quiet" size="small" onClick={() => void clearTasks()}>
            {say('tasks.clear')}
          </Button>
        )}
      </header>
      {tasks.length === 0 ? (
        <p className="tasks-none">{say('tasks.none')}</p>
      ) : (
        <ul>
          {tasks.map((task) => (
            <li key={task.id} className="task">
              {isOver(task) ? <EndedTask task={task} tasks={tasks} onClose={onClose} /> : <RunningTask task={task} />}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function RunningTask({ task }: { readonly task: Task }): ReactNode {
  const say = useSay()
  const text = taskText(task)
  const fraction = task.progress?.fraction ?? null
  const step = task.progress?.text ?? null
  return (
    <>
      <StateMark name="busy" />
      <span className="task-text" {...(canCancel(task) ? {} : { 'data-tip': say('tasks.cannotCancel') })}>
        <Say text={text} strong={['name']} />
      </span>
      {canCancel(task) ? (
        <Button size="small" onClick={() => void cancelTask(task.id)}>
          {say('verb.cancel')}
        </Button>
      ) : (
        <span />
      )}
      <div className="task-below">
        <ProgressBar fraction={fraction} label={say(text)} isWide />
        <span className="cut">
          {fraction === null ? (
            <WaitText task={task} />
          ) : (
            <>
              {say('tasks.percent', { percent: Math.round(fraction * 100) })}
              {step !== null && (
                <>
                  {' '}
                  <Say text={step} />
                </>
              )}
            </>
          )}
        </span>
      </div>
    </>
  )
}

function EndedTask({
  task,
  tasks,
  onClose,
}: {
  readonly task: Task
  readonly tasks: readonly Task[]
  readonly onClose: () => void
}): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const show = whereOf(task)
  const undo = undoOf(
    task,
    tasks,
    useApp(({ inventory }) => inventory.machines),
  )
  const reveal = revealOf(task)
  const hasFailed = task.state === 'failed' || task.state === 'unknown'
  const at = task.endedAt ?? task.createdAt
  const tookMs =
    task.startedAt === null || task.endedAt === null ? 0 : Date.parse(task.endedAt) - Date.parse(task.startedAt)
  return (
    <>
      <Icon
        name={hasFailed ? 'failed' : task.state === 'cancelled' ? 'close' : 'check'}
        className={`task-${task.state}`}
      />
      <span className="task-text">
        <Say text={taskText(task)} strong={['name']} />
      </span>
      {undo !== null ? (
        <Button size="small" onClick={undo}>
          {say('tasks.undo')}
        </Button>
      ) : reveal !== null ? (
        <Button size="small" onClick={reveal}>
          {say('export.reveal')}
        </Button>
      ) : show !== null ? (
        <Button
          size="small"
          onClick={() => {
            show()
            onClose()
          }}
        >
          {say('action.show')}
        </Button>
      ) : (
        <span />
      )}
      <div className="task-below">
        <span className="cut">
          {task.state === 'cancelled' && say('tasks.cancelled')}
          {task.state === 'unknown' && say('tasks.unknown')}
          {task.state === 'failed' && task.error !== null && <Say text={task.error.message} />}
          {task.state === 'succeeded' && tookMs >= 1000 && say('tasks.took', { time: formatDuration(tookMs, locale) })}
        </span>
        <span className="task-time">{formatTime(at, locale)}</span>
      </div>
    </>
  )
}
