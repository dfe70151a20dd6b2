import { type ReactNode, useEffect, useState } from 'react'
import type { AppError } from '../../../app/domain/errors.ts'
import type { TaskId } from '../../../app/domain/ids.ts'
import { writeReport } from '../../../app/domain/report.ts'
import type { CommandRecord, Task } from '../../../app/domain/task.ts'
import type { Told } from '../../../app/domain/task-text.ts'
import { call } from '../../actions/call.ts'
import { Button } from '../../components/button.tsx'
import { useSay } from '../../say.tsx'
import { store } from '../../store/store.ts'

const shownMs = 1500

/** Copies a report of a task or an error, private paths masked. The commands are fetched when it is pressed. */
export function CopyReport({
  error,
  taskId,
  entry,
  kind = 'normal',
}: {
  readonly error: AppError | null
  readonly taskId: TaskId | null
  /** The task as the activity keeps it, where it is not among the window's tasks any more. */
  readonly entry?: Told & Pick<Task, 'startedAt' | 'endedAt' | 'machineId'>
  readonly kind?: 'normal' | 'primary' | 'quiet'
}): ReactNode {
  const say = useSay()
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), shownMs)
    return () => clearTimeout(timer)
  }, [isCopied])

  const copy = async (): Promise<void> => {
    const { system, tasks, inventory } = store.getState()
    const task = entry ?? (taskId === null ? null : (tasks.byId.get(taskId) ?? null))
    const machine = task?.machineId == null ? undefined : inventory.machines.get(task.machineId)
    const endpoint = inventory.endpoints.find(({ id }) => id === machine?.endpointId)
    const commands = taskId === null ? [] : await commandsOf(taskId)
    const provider = endpoint === undefined ? null : `${endpoint.label} ${endpoint.version ?? ''}`.trim()
    await navigator.clipboard.writeText(writeReport({ system, task, error, commands, provider }))
    setCopied(true)
  }
  return (
    <Button
      kind={kind}
      size={kind === 'quiet' ? 'small' : 'normal'}
      icon={isCopied ? 'check' : 'copy'}
      onClick={() => void copy()}
    >
      {isCopied ? say('action.copied') : say('verb.copyReport')}
    </Button>
  )
}

/** A report without its commands is still a report. */
async function commandsOf(taskId: TaskId): Promise<readonly CommandRecord[]> {
  try {
    return await call('task.commands', { taskId })
  } catch {
    return []
  }
}
