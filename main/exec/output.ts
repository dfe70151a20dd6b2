import type { CommandRecord } from '../../app/domain/task.ts'
import type { Command, ExitReason, RunResult } from './command.ts'
import { commandLine, maskText } from './mask.ts'

/** Characters of output kept with a task: the beginning and the end say what happened. */
const keptCharacters = 32_000

/** The whole bytes of a stream as text: decoded at once, so no character is split. */
export function decodeOutput(chunks: readonly Uint8Array[]): string {
  const text = Buffer.concat(chunks).toString('utf8')
  return text.replaceAll('\r\n', '\n')
}

/** Both streams as a person may see them, stderr after stdout; null when nothing was said. */
export function shownOutput(stdout: string, stderr: string, secrets: readonly string[] = []): string | null {
  const parts = [stdout, stderr].map((part) => part.trimEnd()).filter((part) => part !== '')
  if (parts.length === 0) return null
  return maskText(shorten(parts.join('\n')), { secrets })
}

/** Keeps the beginning and the end of what is too long to show. */
export function shorten(text: string, characters: number = keptCharacters): string {
  if (text.length <= characters) return text
  const half = Math.floor(characters / 2)
  return `${text.slice(0, half)}\n[… ${text.length - 2 * half} …]\n${text.slice(-half)}`
}

export function outcomeOf(reason: ExitReason, exitCode: number | null): CommandRecord['outcome'] {
  if (reason !== 'exit') return reason
  return exitCode === 0 ? 'ok' : 'failed'
}

/** How a finished run is written down for the person who asks what Berth did. */
export function recordOf(result: RunResult, startedAt: Date): CommandRecord {
  const { command } = result
  return {
    kind: 'process',
    line: lineOf(command),
    startedAt: startedAt.toISOString(),
    durationMs: result.durationMs,
    exitCode: result.exitCode,
    outcome: outcomeOf(result.reason, result.exitCode),
    output: shownOutput(result.stdout, result.stderr, command.secrets),
  }
}

export function lineOf(command: Pick<Command, 'file' | 'args' | 'secrets'>): string {
  return commandLine(command.file, command.args, command.secrets === undefined ? {} : { secrets: command.secrets })
}
