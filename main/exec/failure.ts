import type { ErrorCode } from '../../app/domain/errors.ts'
import { type Failure, failure } from '../../app/domain/errors.ts'
import type { Text } from '../../app/messages/text.ts'
import type { RunResult } from './command.ts'
import { lineOf, shownOutput } from './output.ts'

/**
 * The failure of a run that did not do what was asked, for what no row of a provider's own table matches. `tool` is the
 * product's name as a person knows it. Made for exit 0 too, for tools that fail with it.
 */
export function commandFailure(result: RunResult, tool: string): Failure {
  const detail = commandDetail(result)
  const say = (code: ErrorCode, message: Text, hint: Text | null = null): Failure =>
    failure(code, message, { hint, detail })
  switch (result.reason) {
    case 'cancelled':
      return say('cancelled', { key: 'error.cancelled' })
    case 'timeout':
      return say(
        'timeout',
        { key: 'error.timeout', params: { tool, seconds: Math.round(result.command.timeoutMs / 1000) } },
        { key: 'error.timeout.hint' },
      )
    case 'not-found':
      return say('tool-missing', { key: 'error.toolMissing', params: { tool } }, { key: 'error.toolMissing.hint' })
    case 'flood':
      return say('output-unreadable', { key: 'error.flood', params: { tool } })
    case 'signal':
      return say('tool-failed', {
        key: 'error.toolFailed.signal',
        params: { tool, signal: result.signal ?? '?' },
      })
    case 'exit':
      return say('tool-failed', {
        key: 'error.toolFailed.exit',
        params: { tool, code: String(result.exitCode ?? '?') },
      })
  }
}

/** The command, how it ended and what it said, as the error card shows them: nothing secret in it. */
export function commandDetail(result: RunResult): string {
  const ending = result.exitCode === null ? (result.signal ?? result.reason) : `exit ${result.exitCode}`
  const output = shownOutput(result.stdout, result.stderr, result.command.secrets)
  const head = `$ ${lineOf(result.command)}\n[${ending}, ${result.durationMs} ms]`
  return output === null ? head : `${head}\n${output}`
}
