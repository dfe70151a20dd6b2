import type { Text } from '../messages/text.ts'

export const errorCodes = [
  'tool-missing',
  'tool-too-old',
  'tool-failed',
  'timeout',
  'cancelled',
  'output-unreadable',
  'not-found',
  'already-exists',
  'wrong-state',
  'busy',
  'unsupported',
  'permission',
  'unreachable',
  'no-space',
  'in-use',
  'invalid-input',
  'bug',
] as const
export type ErrorCode = (typeof errorCodes)[number]

/** A failure as data: it crosses processes and languages unchanged. */
export interface AppError {
  readonly code: ErrorCode
  /** What happened and why, as a sentence for a person. */
  readonly message: Text
  /** What to do next; null when nothing helps. */
  readonly hint: Text | null
  /** The tool's raw output, argv and exit code first. Shown collapsed, in mono; never parsed again. */
  readonly detail: string | null
  /** For `invalid-input`: the field that is wrong, as a dotted path (`disk.path`); null when it is not about a field. */
  readonly field: string | null
}

/** Thrown everywhere inside a process; becomes its `error` at the wire. */
export class Failure extends Error {
  readonly error: AppError
  constructor(error: AppError, options?: { cause?: unknown }) {
    super(`${error.code}: ${error.message.key}${error.detail === null ? '' : `\n${error.detail}`}`, options)
    this.name = 'Failure'
    this.error = error
  }
}

/** Builds a failure; whatever is not given is null. */
export function failure(
  code: ErrorCode,
  message: Text,
  rest: { hint?: Text | null; detail?: string | null; field?: string | null; cause?: unknown } = {},
): Failure {
  return new Failure(
    { code, message, hint: rest.hint ?? null, detail: rest.detail ?? null, field: rest.field ?? null },
    rest.cause === undefined ? {} : { cause: rest.cause },
  )
}

/**
 * What the system says of a file, as it stands in `code` of what its own functions throw: nobody's mistake, and what wrote the file
 * need not say so each time. The detail names the file.
 */
const systemErrors: ReadonlyMap<unknown, Pick<AppError, 'code' | 'message' | 'hint'>> = new Map([
  ['ENOSPC', { code: 'no-space', message: { key: 'error.noSpace' }, hint: { key: 'error.noSpace.hint' } }],
  ['EDQUOT', { code: 'no-space', message: { key: 'error.noSpace' }, hint: { key: 'error.noSpace.hint' } }],
  ['EACCES', { code: 'permission', message: { key: 'error.notAllowed' }, hint: { key: 'error.notAllowed.hint' } }],
  ['EPERM', { code: 'permission', message: { key: 'error.notAllowed' }, hint: { key: 'error.notAllowed.hint' } }],
  ['EROFS', { code: 'permission', message: { key: 'error.readOnly' }, hint: { key: 'error.readOnly.hint' } }],
  ['EIO', { code: 'tool-failed', message: { key: 'error.drive' }, hint: { key: 'error.drive.hint' } }],
])

/** The error of anything thrown. What is neither a `Failure` nor the system's own is a bug of ours, with its stack as the detail. */
export function errorOf(thrown: unknown): AppError {
  if (thrown instanceof Failure) return thrown.error
  const known = thrown instanceof Error && 'code' in thrown ? systemErrors.get(thrown.code) : undefined
  if (known !== undefined) return { ...known, detail: String(thrown), field: null }
  const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  return { code: 'bug', message: { key: 'error.bug' }, hint: { key: 'error.bug.hint' }, detail, field: null }
}

export function isCancelled(thrown: unknown): boolean {
  return thrown instanceof Failure && thrown.error.code === 'cancelled'
}
