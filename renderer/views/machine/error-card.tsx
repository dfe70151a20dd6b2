import { type ReactNode, useEffect, useId, useState } from 'react'
import type { AppError } from '../../../app/domain/errors.ts'
import type { TaskId } from '../../../app/domain/ids.ts'
import { commandText } from '../../../app/domain/report.ts'
import type { CommandRecord } from '../../../app/domain/task.ts'
import type { MessageKey, Text } from '../../../app/messages/text.ts'
import { call } from '../../actions/call.ts'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Say, useSay } from '../../say.tsx'
import { CopyReport } from './copy-report.tsx'
import './error-card.css'
import { type ErrorAction, errorActionKeys } from './error-actions.ts'

/**
 * A failure where it belongs: what happened, why and what now, the likely cure first, and one click away what the tool said
 * and the exact commands that ran. Stays until solved or closed and does not take the focus. Cancelling is no failure: it
 * draws nothing.
 */
export function ErrorCard({
  title,
  error,
  taskId,
  tool,
  actions,
  labels = {},
  onAction,
  onClose,
}: {
  readonly title: Text
  readonly error: AppError
  /** The task it came from, whose commands can be shown; null for what was refused at once. */
  readonly taskId: TaskId | null
  /** Whose output it is: the provider's name. */
  readonly tool: string | null
  readonly actions: readonly ErrorAction[]
  /** Where a button is called otherwise for this machine. */
  readonly labels?: Readonly<Partial<Record<ErrorAction, MessageKey>>>
  readonly onAction: (action: Exclude<ErrorAction, 'copyReport'>) => void
  readonly onClose: (() => void) | null
}): ReactNode {
  const say = useSay()
  const titleId = useId()
  if (error.code === 'cancelled') return null
  return (
    <section className="error-card" role="alert" aria-labelledby={titleId}>
      <Icon name="failed" />
      <div>
        <h2 id={titleId} className="error-card-title">
          <Say text={title} />
        </h2>
        <p className="error-card-text">
          <Say text={error.message} />
        </p>
        {error.hint !== null && (
          <p className="error-card-text">
            <Say text={error.hint} />
          </p>
        )}
        {actions.length > 0 && (
          <div className="error-card-actions">
            {actions.map((action, index) =>
              action === 'copyReport' ? (
                <CopyReport key={action} error={error} taskId={taskId} kind={index === 0 ? 'primary' : 'normal'} />
              ) : (
                <Button key={action} kind={index === 0 ? 'primary' : 'normal'} onClick={() => onAction(action)}>
                  {say(labels[action] ?? errorActionKeys[action])}
                </Button>
              ),
            )}
          </div>
        )}
      </div>
      {onClose === null ? <span /> : <IconButton icon="close" label={say('action.close')} onClick={onClose} />}
      <RawOutput error={error} taskId={taskId} tool={tool} />
    </section>
  )
}

/** What failed stands first: it may have been no step of the task's own, and be missing among its commands. */
function rawText({ detail }: AppError, commands: readonly CommandRecord[]): string {
  const hasFailed = commands.some(({ outcome }) => outcome !== 'ok')
  const failed = detail === null || hasFailed ? [] : [detail]
  return [...failed, ...commands.map(commandText)].join('\n\n')
}

/** What the tool said: folded until asked for, and only then are the commands fetched. */
function RawOutput({
  error,
  taskId,
  tool,
}: {
  readonly error: AppError
  readonly taskId: TaskId | null
  readonly tool: string | null
}): ReactNode {
  const say = useSay()
  const [isOpen, setOpen] = useState(false)
  const [commands, setCommands] = useState<readonly CommandRecord[]>([])
  useEffect(() => {
    if (!isOpen || taskId === null) return
    let isGone = false
    // Commands that cannot be had any more leave the error's own detail, which is enough.
    void call('task.commands', { taskId }).then(
      (found) => !isGone && setCommands(found),
      () => {},
    )
    return () => {
      isGone = true
    }
  }, [isOpen, taskId])
  const text = rawText(error, commands)
  if (taskId === null && error.detail === null) return null
  return (
    <div className="error-card-raw">
      <header>
        <Button
          kind="quiet"
          size="small"
          className="disclosure"
          icon={isOpen ? 'down' : 'right'}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {tool === null ? say('error.raw') : say('error.toolSaid', { tool })}
        </Button>
        <CopyReport error={error} taskId={taskId} kind="quiet" />
      </header>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: output that scrolls must be reachable by keyboard
        <pre className="raw-text" tabIndex={0}>
          {text === '' ? say('error.rawNothing') : text}
        </pre>
      )}
    </div>
  )
}
