import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { Task } from '../../../app/domain/task.ts'
import { powerOffMachine, shutDownMachine } from '../../actions/machines.ts'
import { cancelTask } from '../../actions/tasks.ts'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { Popover } from '../../components/popover.tsx'
import { ProgressBar } from '../../components/progress-bar.tsx'
import { StateMark } from '../../components/state-mark.tsx'
import { useSecond } from '../../format/clock.ts'
import { formatCountdown, formatDuration, formatTime } from '../../format/time.ts'
import { Say, useLocale, useSay } from '../../say.tsx'
import { endpointOf } from '../../store/selectors.ts'
import { useApp } from '../../store/store.ts'
import { clock, left, passed } from './ladder-clock.ts'
import { LadderOfMany } from './ladder-of-many.tsx'
import { isOfContainer, noAnswerKey } from './ladder-words.ts'
import './stop-ladder.css'

const openAfterMs = 400
/** Ladders that opened by themselves: coming back to the page does not open them again. */
const opened = new Set<string>()

/** "Asked… 0:47": shows the wait of shutdowns under way and opens their ladder, which opens by itself once. */
export function StopLadderButton({
  tasks,
  side = 'bottom',
}: {
  readonly tasks: readonly Task[]
  readonly side?: 'bottom' | 'top'
}): ReactNode {
  const say = useSay()
  const now = useSecond()
  const [isOpen, setOpen] = useState(false)
  const shown = useRef(tasks)
  shown.current = tasks
  // Some that ended make no new request of those that are left, and do not put off the moment for the others.
  const isFresh = tasks.some(({ id }) => !opened.has(id))
  useEffect(() => {
    if (!isFresh) return
    // What is off in a moment needs no ladder.
    const timer = setTimeout(() => {
      for (const { id } of shown.current) opened.add(id)
      setOpen(true)
    }, openAfterMs)
    return () => clearTimeout(timer)
  }, [isFresh])
  // One that began with several stays theirs to the last: its buttons do not change under the pointer.
  const isMany = useRef(false)
  isMany.current ||= tasks.length > 1
  const [only] = tasks
  const first = only?.progress?.wait
  return (
    <Popover
      label={say(tasks.every(isOfContainer) ? 'stop.labelContainer' : 'stop.label')}
      isOpen={isOpen}
      onOpenChange={setOpen}
      align="end"
      side={side}
      className="ladder-popover"
      takesFocus={false}
      trigger={
        <Button className="ladder-button">
          <StateMark name="busy" />
          {first === undefined ? say('stop.asking') : say('stop.button', { time: clock(first, now) })}
        </Button>
      }
    >
      {only !== undefined && !isMany.current ? <StopLadder task={only} /> : <LadderOfMany tasks={tasks} />}
    </Popover>
  )
}

/** Asked, waiting, and the last step, which is only ever a person's. */
export function StopLadder({ task }: { readonly task: Task }): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const now = useSecond()
  const machine = useApp(({ inventory }) =>
    task.machineId === null ? undefined : inventory.machines.get(task.machineId),
  )
  const provider = useApp((state) => endpointOf(machine?.endpointId ?? null)(state)?.label ?? '')
  const wait = task.progress?.wait ?? null
  const step = task.progress?.text ?? null
  const name = task.machineName
  const isContainer = isOfContainer(task)
  const asked = isContainer ? 'stop.askedContainer' : 'stop.asked'
  const id = task.machineId
  return (
    <section className="ladder" aria-label={say(asked, { name })}>
      <div className="ladder-step">
        <Icon name="check" className="ladder-done" />
        <div>
          <Say text={asked} params={{ name }} />
          {wait !== null && (
            <p className="ladder-sub">
              {say('stop.askedHow', {
                time: formatTime(wait.since, locale),
                way: say({ key: `wait.by.${wait.by}`, params: { tool: provider } }),
              })}
            </p>
          )}
          {step !== null && (
            <p className="ladder-sub">
              <Say text={step} />
            </p>
          )}
        </div>
      </div>
      <div className="ladder-step">
        {wait?.unanswered === true ? <Icon name="warning" className="ladder-unanswered" /> : <StateMark name="busy" />}
        <div>
          {wait?.unanswered === true ? (
            <Say text={noAnswerKey(task)} params={{ name }} />
          ) : (
            <Say text="stop.waiting" params={{ name }} />
          )}
          {wait !== null && !wait.unanswered && (
            <ProgressBar fraction={passed(wait, now)} label={say('stop.waiting', { name })} isWide />
          )}
          {wait?.killsAtLimit === true && (
            <p className="ladder-sub">
              <Say text="stop.kills" params={{ tool: provider, name, time: formatCountdown(left(wait, now)) }} />
            </p>
          )}
        </div>
        <span className="ladder-clock">
          {wait === null
            ? null
            : wait.unanswered
              ? formatDuration(now - Date.parse(wait.since), locale)
              : formatCountdown(left(wait, now))}
        </span>
      </div>
      <div className="ladder-step">
        <StateMark name="stopped" />
        <div>
          {say(isContainer ? 'verb.killContainer' : 'verb.powerOff')}
          <p className="ladder-sub">{say(isContainer ? 'stop.costContainer' : 'stop.cost')}</p>
        </div>
        <Button kind="danger" size="small" onClick={() => id !== null && void powerOffMachine(id)}>
          {say(isContainer ? 'stop.killNow' : 'stop.powerOffNow')}
        </Button>
      </div>
      <footer className="ladder-actions">
        <Button size="small" onClick={() => id !== null && void shutDownMachine(id)}>
          {say('stop.askAgain')}
        </Button>
        <Button size="small" onClick={() => void cancelTask(task.id)}>
          {say('stop.stopWaiting')}
        </Button>
      </footer>
    </section>
  )
}
