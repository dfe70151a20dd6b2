import type { ReactNode } from 'react'
import type { TaskId } from '../../../app/domain/ids.ts'
import type { CommandRecord } from '../../../app/domain/task.ts'
import { call } from '../../actions/call.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { formatDuration } from '../../format/time.ts'
import { useLocale, useSay } from '../../say.tsx'
import { useAnswer } from './use-answer.ts'

/** The exact commands a task ran, each with what it said and how it ended. */
export function CommandList({
  taskId,
  fallback,
}: {
  readonly taskId: TaskId
  /** Shown where no command is kept. */
  readonly fallback: string | null
}): ReactNode {
  const say = useSay()
  const { value, error } = useAnswer(taskId, '', () => call('task.commands', { taskId }))
  if (value === null && error === null) return null
  if (value === null || value.length === 0) {
    return fallback === null ? (
      <p className="small faint-text">{say('activity.noCommands')}</p>
    ) : (
      <pre className="raw-text">{fallback}</pre>
    )
  }
  return (
    <ol className="commands">
      {value.map((command, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same command may run twice; their order is their identity
        <li key={index} className="command">
          <Command command={command} />
        </li>
      ))}
    </ol>
  )
}

function Command({ command }: { readonly command: CommandRecord }): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const output = command.output?.trimEnd() ?? ''
  const isBad = command.outcome !== 'ok'
  const took =
    command.durationMs < 1000
      ? say('activity.milliseconds', { count: Math.round(command.durationMs) })
      : formatDuration(command.durationMs, locale)
  return (
    <>
      <div className="command-head">
        <span className="badge">{say(`activity.kind.${command.kind}`)}</span>
        <span className={isBad ? 'activity-failed' : 'faint-text'}>
          {command.exitCode === null
            ? say(`activity.outcome.${command.outcome}`)
            : say('activity.exitCode', { code: String(command.exitCode) })}
          {' · '}
          {took}
        </span>
        <CopyButton text={command.line} label={say('activity.copyCommand')} />
      </div>
      <pre className="raw-text command-text">{command.line}</pre>
      {output !== '' && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: output that scrolls must be reachable by keyboard
        <pre className="raw-text command-output" tabIndex={0}>
          {output}
        </pre>
      )}
    </>
  )
}
