import { type FormEvent, type ReactNode, useState } from 'react'
import { type AppError, errorOf } from '../../../app/domain/errors.ts'
import type { MachineId, TaskId } from '../../../app/domain/ids.ts'
import type { Task } from '../../../app/domain/task.ts'
import { call } from '../../actions/call.ts'
import { runCommand } from '../../actions/machines.ts'
import { closeDialog } from '../../actions/navigate.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Field } from '../../components/field.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { Say, useSay } from '../../say.tsx'
import { machineOf, taskOfMachine } from '../../store/selectors.ts'
import { useApp } from '../../store/store.ts'
import { isOver } from '../../store/tasks.ts'
import { splitWords } from '../create/split-words.ts'
import { useAnswer } from './use-answer.ts'
import './activity.css'

/** Runs a program in a machine and shows what it said. Closing the dialog lets it run on: its task and its output stay. */
export function RunCommandDialog({ machineId }: { readonly machineId: MachineId }): ReactNode {
  const say = useSay()
  const machine = useApp(machineOf(machineId))
  const busy = useApp(taskOfMachine(machineId))
  const [line, setLine] = useState('')
  const [taskId, setTaskId] = useState<TaskId | null>(null)
  const [refused, setRefused] = useState<AppError | null>(null)
  const task = useApp((state) => (taskId === null ? null : (state.tasks.byId.get(taskId) ?? null)))
  if (machine === null) return null

  const words = splitWords(line)
  const problem = words === null ? say('runCommand.problem.quote') : null
  const reason =
    problem ?? (words?.length === 0 ? say('runCommand.problem.empty') : null) ?? (busy && say(`why.task.${busy.verb}`))
  const submit = async (): Promise<void> => {
    if (reason !== null || words === null) return
    setRefused(null)
    try {
      setTaskId(await runCommand(machineId, words))
    } catch (thrown) {
      setTaskId(null)
      setRefused(errorOf(thrown))
    }
  }
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault()
    void submit()
  }
  return (
    <Dialog
      title={<Say text="runCommand.title" params={{ name: machine.name }} />}
      widthPx={640}
      onClose={closeDialog}
      note={say('runCommand.hint')}
      footer={
        <>
          <Button onClick={closeDialog}>{say('runCommand.close')}</Button>
          <Button kind="primary" reason={reason} onClick={() => void submit()}>
            {say('runCommand.run')}
          </Button>
        </>
      }
    >
      <form className="dialog-form" onSubmit={onSubmit}>
        <Field label={say('runCommand.command')} error={refused === null ? problem : say(refused.message)}>
          {(control) => (
            <TextInput
              {...control}
              className="mono"
              dir="auto"
              value={line}
              onChange={(event) => {
                setRefused(null)
                setLine(event.currentTarget.value)
              }}
            />
          )}
        </Field>
        {task !== null && <Outcome task={task} />}
      </form>
    </Dialog>
  )
}

/** How a command stands or ended, and what it said. */
function Outcome({ task }: { readonly task: Task }): ReactNode {
  const say = useSay()
  const { value } = useAnswer(task.id, task.state, () => call('task.commands', { taskId: task.id }))
  if (!isOver(task)) return <p className="quiet-text">{say('runCommand.running')}</p>
  if (task.error !== null) {
    return (
      <div className="quiet-text" role="alert">
        <p>{say(task.error.message)}</p>
        {task.error.hint !== null && <p>{say(task.error.hint)}</p>}
      </div>
    )
  }
  const exitCode = task.result.exitCode ?? 0
  const output = value?.at(-1)?.output?.trimEnd() ?? ''
  return (
    <section className="command" aria-label={say('runCommand.said')}>
      <p className="command-head" role="status">
        <span className={exitCode === 0 ? 'faint-text' : 'activity-failed'}>
          {say('runCommand.ended', { code: exitCode })} {output === '' && say('runCommand.silent')}
        </span>
      </p>
      {output !== '' && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: output that scrolls must be reachable by keyboard
        <pre className="raw-text command-output" tabIndex={0}>
          {output}
        </pre>
      )}
    </section>
  )
}
