import { type ReactNode, useEffect, useState } from 'react'
import type { QuitPlan } from '../../../app/contract/views.ts'
import type { MachineState } from '../../../app/domain/machine.ts'
import { taskText } from '../../../app/domain/task-text.ts'
import type { MessageKey } from '../../../app/messages/text.ts'
import { closeDialog } from '../../actions/navigate.ts'
import { answerQuit, type QuitMode } from '../../actions/quit.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Icon } from '../../components/icon.tsx'
import { markOf, StateMark } from '../../components/state-mark.tsx'
import { showControls } from '../../format/names.ts'
import { Say, useSay } from '../../say.tsx'
import { useApp } from '../../store/store.ts'
import './quit.css'

const namedAtMost = 2

/** What quitting means now: what stays, what cannot, what finishes first and what ends. */
export function QuitDialog({ plan }: { readonly plan: QuitPlan }): ReactNode {
  const say = useSay()
  const [isWaiting, setWaiting] = useState(false)
  const [isShuttingDown, setShuttingDown] = useState(false)
  const tasks = useApp((state) => state.tasks.byId)
  const machines = useApp((state) => state.inventory.machines)
  const stateOf = (id: QuitPlan['staying'][number]['id']): MachineState => machines.get(id)?.state ?? 'running'
  const paused = plan.staying.filter(({ id }) => stateOf(id) === 'paused')
  const stopping = plan.staying.filter(({ id }) => stateOf(id) === 'stopping' || stateOf(id) === 'suspending')
  const running = plan.staying.filter((machine) => !paused.includes(machine) && !stopping.includes(machine))
  // As the window's foot counts: one that stops runs until it is off.
  const count = running.length + stopping.length + plan.containers
  const canSuspend = plan.staying.some(({ id }) => plan.suspendable.includes(id))
  // Cancelled work or a machine that did not answer keeps Berth open: main asks again with a new plan.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new plan starts the question anew
  useEffect(() => setWaiting(false), [plan])

  const answer = (mode: QuitMode): void => {
    setWaiting(true)
    void answerQuit(mode)
  }
  const cancel = (): void => {
    void answerQuit('cancel')
    closeDialog()
  }
  if (isShuttingDown) {
    const all = plan.staying.length + plan.ending.length
    return (
      <Dialog
        title={say('quit.shutDownTitle', { count: all })}
        description={say('quit.shutDownBody')}
        onClose={cancel}
        widthPx={400}
        footer={
          <>
            <Button onClick={() => setShuttingDown(false)}>{say('action.back')}</Button>
            <Button kind="primary" reason={isWaiting ? say('quit.waiting') : null} onClick={() => answer('shut-down')}>
              {say('quit.shutDown')}
            </Button>
          </>
        }
      />
    )
  }
  return (
    <Dialog
      title={count > 0 ? say('quit.title', { count }) : say('quit.titleNone')}
      description={say(count > 0 ? 'quit.body' : plan.ending.length > 0 ? 'quit.bodyEnding' : 'quit.bodyNone')}
      onClose={cancel}
      widthPx={400}
      note={
        isWaiting ? (
          say('quit.waiting')
        ) : plan.staying.length + plan.ending.length > 0 ? (
          <div className="quit-firsts">
            {canSuspend && (
              <Button kind="link" onClick={() => answer('suspend')}>
                {say('quit.suspendAll')}
              </Button>
            )}
            <Button kind="link" onClick={() => setShuttingDown(true)}>
              {say('quit.shutDownAll')}
            </Button>
          </div>
        ) : null
      }
      footer={
        <>
          <Button onClick={cancel}>{say('verb.cancel')}</Button>
          <Button kind="primary" reason={isWaiting ? say('quit.waiting') : null} onClick={() => answer('keep')}>
            {say(plan.ending.length > 0 ? 'quit.suspend' : 'quit.quit')}
          </Button>
        </>
      }
    >
      <ul className="quit-rows">
        <Staying machines={running} mark="running" one="quit.stayOne" other="quit.stay" />
        {plan.containers > 0 && (
          <li>
            <StateMark name="running" />
            <span className="grow">{say('quit.containers', { count: plan.containers })}</span>
            <span className="quit-fate">{say(plan.containers === 1 ? 'quit.stayOne' : 'quit.stay')}</span>
          </li>
        )}
        <Staying machines={stopping} mark="busy" one="quit.stayStoppingOne" other="quit.stayStopping" />
        <Staying machines={paused} mark="paused" one="quit.stayPausedOne" other="quit.stayPaused" />
        {plan.ending.map(({ id, name }) => (
          <li key={id}>
            <StateMark name={markOf(stateOf(id))} />
            <bdi dir="auto" className="grow cut">
              {name}
            </bdi>
            <span className="quit-fate">{say(plan.suspendable.includes(id) ? 'quit.suspendFirst' : 'quit.end')}</span>
          </li>
        ))}
        {plan.tasks.map((id) => {
          const task = tasks.get(id)
          return (
            task !== undefined && (
              <li key={id}>
                <StateMark name="busy" />
                <span className="grow cut">
                  <Say text={taskText(task)} />
                </span>
                <span className="quit-fate">{say('quit.finishes')}</span>
              </li>
            )
          )
        })}
      </ul>
      {count > 0 && plan.ending.length > 0 && <p className="quiet-text">{say('quit.bodyEnding')}</p>}
      {plan.terminals[0] !== undefined && (
        <p className="quit-terminals">
          <Icon name="terminal" size="small" />
          <span>
            <Say
              text="quit.terminals"
              params={{
                count: plan.terminals.length,
                command: plan.terminals[0].command,
                name: plan.terminals[0].machineName,
              }}
            />
          </span>
        </p>
      )}
    </Dialog>
  )
}

/** Machines of one state that outlive Berth: the first by name, the others by number. */
function Staying({
  machines,
  mark,
  one,
  other,
}: {
  readonly machines: QuitPlan['staying']
  readonly mark: 'running' | 'busy' | 'paused'
  readonly one: MessageKey
  readonly other: MessageKey
}): ReactNode {
  const say = useSay()
  const count = machines.length
  if (count === 0) return null
  return (
    <li>
      <StateMark name={mark} />
      <span className="grow quit-names">
        {count > namedAtMost ? (
          <Say
            text="quit.andMore"
            params={{ names: names(machines.slice(0, namedAtMost)), count: count - namedAtMost }}
          />
        ) : (
          <bdi>{showControls(names(machines))}</bdi>
        )}
      </span>
      <span className="quit-fate">{say(count === 1 ? one : other)}</span>
    </li>
  )
}

function names(machines: readonly { readonly name: string }[]): string {
  return machines.map(({ name }) => name).join(', ')
}
