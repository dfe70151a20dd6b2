import { type ErrorCode, type Failure, failure } from '../../../app/domain/errors.ts'
import type { Text } from '../../../app/messages/text.ts'
import type { RunResult } from '../../exec/command.ts'
import { commandDetail, commandFailure, joinSaid, saidLines } from '../../exec/failure.ts'
import { maskText } from '../../exec/mask.ts'
import { explain as explainQemu } from '../common/images/errors.ts'
import { parseEventError } from './parse.ts'

interface Row {
  readonly code: ErrorCode
  readonly message: Text
  readonly hint?: Text
  readonly field?: string
}

const notRunning: Row = {
  code: 'unreachable',
  message: { key: 'utm.error.notRunning' },
  hint: { key: 'utm.error.notRunning.hint' },
}
const noPermission: Row = {
  code: 'permission',
  message: { key: 'utm.error.automation' },
  hint: { key: 'utm.error.automation.hint' },
}
const gone: Row = { code: 'not-found', message: { key: 'error.machineGone' } }

/**
 * Numbers of Apple Events that failed. They are looked at first: the sentences around them are in whatever language the
 * person's macOS speaks.
 */
export const numbers: Readonly<Record<number, Row>> = {
  // errAEEventNotPermitted, errAEPrivilegeError: nobody allowed it, or there is nobody logged in to ask.
  [-1743]: noPermission,
  [-10004]: noPermission,
  // procNotFound, connectionInvalid, and the two of an application that can't be opened.
  [-600]: notRunning,
  [-609]: notRunning,
  [-10810]: notRunning,
  [-10827]: notRunning,
  // errAETimeout: UTM is there and does not answer. What it did is not known.
  [-1712]: { code: 'timeout', message: { key: 'utm.error.noAnswer' }, hint: { key: 'error.timeout.hint' } },
  // errAENoSuchObject, errAEIllegalIndex.
  [-1728]: gone,
  [-1719]: gone,
}

/**
 * What UTM says of a command that it could not carry out (number -2700), in English. Said in another language, it stays
 * `tool-failed` with UTM's own words beside it. No Mac was at hand to record them: each is in UTM's source, or in that of QEMU's guest
 * agent, whose words UTM passes on.
 */
export const sentences: readonly (Row & { readonly pattern: RegExp })[] = [
  {
    pattern: /guest agent is not running or not installed/i,
    code: 'unreachable',
    message: { key: 'utm.error.agent' },
    hint: { key: 'utm.error.agent.hint' },
  },
  {
    pattern: /must be stopped before/i,
    code: 'wrong-state',
    message: { key: 'utm.error.notStopped' },
  },
  {
    pattern: /virtual machine is not running|invalid state|Operation not available/i,
    code: 'wrong-state',
    message: { key: 'utm.error.state' },
  },
  {
    pattern: /already exists with this name/i,
    code: 'already-exists',
    message: { key: 'utm.error.nameInUse' },
    hint: { key: 'utm.error.nameInUse.hint' },
    field: 'name',
  },
  {
    pattern: /Suspend (?:is not supported|state cannot)|Failed to save VM snapshot/i,
    code: 'unsupported',
    message: { key: 'utm.error.memory' },
    hint: { key: 'utm.error.memory.hint' },
  },
  {
    pattern: /snapshot '.{0,500}' does not exist/i,
    code: 'not-found',
    message: { key: 'kept.error.snapshotGone' },
  },
  {
    pattern: /does not support emulating the architecture|not supported by the backend/i,
    code: 'unsupported',
    message: { key: 'utm.error.unsupported' },
  },
  {
    pattern: /Failed to access (?:drive image path|data from shortcut|shared directory)/i,
    code: 'not-found',
    message: { key: 'utm.error.drive' },
    hint: { key: 'utm.error.drive.hint' },
  },
  {
    pattern: /valid UTM file must be specified|Cannot import this VM|Failed to parse imported VM/i,
    code: 'invalid-input',
    message: { key: 'utm.error.noBundle' },
    field: 'path',
  },
  {
    pattern: /failed to open file [\s\S]{0,1000}(?:No such file or directory|cannot find the (?:file|path))/i,
    code: 'not-found',
    message: { key: 'utm.error.noPath' },
  },
  {
    pattern: /failed to open file /i,
    code: 'permission',
    message: { key: 'utm.error.noFile' },
  },
  {
    pattern: /Guest agent command failed|failed to execute child process/i,
    code: 'not-found',
    message: { key: 'utm.error.noProgram' },
    hint: { key: 'utm.error.noProgram.hint' },
  },
  { pattern: /^Error: Virtual machine not found/m, ...gone },
  {
    pattern: /^Error: Application not found/m,
    code: 'tool-missing',
    message: { key: 'error.toolMissing', params: { tool: 'UTM' } },
    hint: { key: 'error.toolMissing.hint' },
  },
]

/**
 * Whether a run failed. `utmctl` ends with 0 though its event failed, and says so only on its stderr; a run without a word
 * about an error may still have done nothing, so the state is looked at as well.
 */
export function hasFailed(result: Pick<RunResult, 'reason' | 'exitCode' | 'stderr'>): boolean {
  return result.reason !== 'exit' || result.exitCode !== 0 || hasEventFailed(result)
}

function hasEventFailed({ stderr }: Pick<RunResult, 'stderr'>): boolean {
  return /^Error from event: /m.test(stderr)
}

/** The failure of a run that failed. `isRemote`: Berth was started over SSH, where macOS refuses every event. */
export function eventFailure(result: RunResult, isRemote: boolean): Failure {
  // A `utmctl` whose event failed may stumble over its own empty answer: what the event said counts.
  const hasSaid = result.reason === 'signal' && hasEventFailed(result)
  if (result.reason !== 'exit' && !hasSaid) return commandFailure(result, 'UTM')
  const detail = commandDetail(result)
  const number = parseEventError(result.stderr)
  const row =
    (number === null ? undefined : numbers[number]) ?? sentences.find(({ pattern }) => pattern.test(result.stderr))
  if (row === noPermission && isRemote) {
    return failure('permission', { key: 'utm.error.ssh' }, { hint: { key: 'utm.error.ssh.hint' }, detail })
  }
  if (row !== undefined) {
    return failure(row.code, row.message, { hint: row.hint ?? null, field: row.field ?? null, detail })
  }
  return explainQemu(result.stderr, detail) ?? failure('tool-failed', saidMessage(result.stderr), { detail })
}

function saidMessage(stderr: string): Text {
  const lines = saidLines(maskText(stderr))
  if (lines.length === 0) return { key: 'error.toolFailed', params: { tool: 'UTM' } }
  return { key: 'error.toolSays', params: { tool: 'UTM', said: joinSaid(lines) } }
}

/** The same failure when it is known to come from a locked screen. */
export function lockedFailure(error: Failure): Failure {
  const { detail } = error.error
  return failure(
    'unreachable',
    { key: 'utm.error.locked' },
    { hint: { key: 'utm.error.locked.hint' }, detail, cause: error },
  )
}
