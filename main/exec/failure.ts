import type { ErrorCode } from '../../app/domain/errors.ts'
import { type Failure, failure } from '../../app/domain/errors.ts'
import type { Text } from '../../app/messages/text.ts'
import type { RunResult } from './command.ts'
import { maskText } from './mask.ts'
import { lineOf, shownOutput } from './output.ts'

const maxDetailCharacters = 4_000

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
    case 'exit': {
      const said = saidLines(maskText(result.stderr, { secrets: result.command.secrets ?? [] }))
      if (said.length > 0) return say('tool-failed', { key: 'error.toolSays', params: { tool, said: joinSaid(said) } })
      return say('tool-failed', {
        key: 'error.toolFailed.exit',
        params: { tool, code: String(result.exitCode ?? '?') },
      })
    }
  }
}

/** Of a tool's words the sentence of an error has so many lines and characters; all of them stand in its detail. */
const maxSaidLines = 3
const maxSaidCharacters = 400

/** What a tool said of its failure, without warnings, its own name and progress: a headline, and the lines that say why. */
export function saidLines(stderr: string): readonly string[] {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(?:\S+: )?warning:|^\S*\d%|^Formatting '|^\s*\(\d/i.test(line))
    .map((line) =>
      line.replace(/^[\w./-]*\b(?:qemu-[\w-]+|VBoxManage|docker|podman|utmctl|osascript)(?:\.exe)?: (?:error: )?/i, ''),
    )
  return [...new Set(lines)].slice(-maxSaidLines)
}

/** One sentence of a headline and the lines that say why: the first is often only what was tried. */
export function joinSaid(lines: readonly string[]): string {
  const whole = lines
    .slice(0, maxSaidLines)
    .map((line, index, all) => (index < all.length - 1 ? line.replace(/[.!:]$/, '') : line))
    .join(': ')
  return whole.length <= maxSaidCharacters ? whole : `${whole.slice(0, maxSaidCharacters - 1)}…`
}

/** The failure of a tool that ended well and said something else than what was asked: nothing is known from it. */
export function unreadableOutput(tool: string, said: string): Failure {
  const detail = maskText(said.slice(0, maxDetailCharacters))
  return failure('output-unreadable', { key: 'error.unreadable', params: { tool } }, { detail })
}

/** The command, how it ended and what it said, as the error card shows them: nothing secret in it. */
export function commandDetail(result: RunResult): string {
  const ending = result.exitCode === null ? (result.signal ?? result.reason) : `exit ${result.exitCode}`
  const output = shownOutput(result.stdout, result.stderr, result.command.secrets)
  const head = `$ ${lineOf(result.command)}\n[${ending}, ${result.durationMs} ms]`
  return output === null ? head : `${head}\n${output}`
}
