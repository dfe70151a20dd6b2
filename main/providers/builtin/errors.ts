import { type Failure, failure } from '../../../app/domain/errors.ts'
import type { Text } from '../../../app/messages/text.ts'
import { noRoom } from '../common/space.ts'
import type { Trouble } from './emulator/messages.ts'

/** A failure of reading or writing a file, by the system's own code. */
const fileErrors: Readonly<
  Record<
    string,
    { readonly code: 'no-space' | 'permission' | 'not-found'; readonly message: Text; readonly hint: Text }
  >
> = {
  ENOSPC: { code: 'no-space', message: { key: 'kept.error.noSpace' }, hint: { key: 'kept.error.noSpace.hint' } },
}

/** What V8 says when it gets no memory for a machine's own. */
const noMemory = /could not allocate memory|Array buffer allocation failed/

/** The failure that a thread's trouble means. */
export function troubleFailure({ code, detail, room, port }: Trouble): Failure {
  switch (code) {
    case 'no-space':
      if (room !== undefined) return noRoom(room)
      return failure('no-space', { key: 'kept.error.noSpace' }, { hint: { key: 'kept.error.noSpace.hint' }, detail })
    case 'damaged':
      return failure(
        'output-unreadable',
        { key: 'builtin.error.stateDamaged' },
        { hint: { key: 'builtin.error.stateDamaged.hint' }, detail },
      )
    case 'folder-silent':
      return failure(
        'tool-failed',
        { key: 'builtin.error.sharedSilent' },
        { hint: { key: 'builtin.error.sharedSilent.hint' }, detail },
      )
    case 'port':
      return portFailure(port?.number ?? 0, port?.why ?? '', detail)
    case 'file':
      return failure('tool-failed', { key: 'builtin.error.start' }, { detail })
    case 'failed':
      return noMemory.test(detail)
        ? failure(
            'invalid-input',
            { key: 'builtin.error.memory' },
            { hint: { key: 'builtin.error.memory.hint' }, detail, field: 'memoryBytes' },
          )
        : failure(
            'tool-failed',
            { key: 'builtin.error.failed' },
            { hint: { key: 'builtin.error.failed.hint' }, detail },
          )
  }
}

function portFailure(number: number, why: string, detail: string): Failure {
  const params = { port: String(number) }
  switch (why) {
    case 'EADDRINUSE':
      return failure(
        'in-use',
        { key: 'builtin.error.portInUse', params },
        { hint: { key: 'builtin.error.portInUse.hint' }, detail },
      )
    case 'EACCES':
      return failure(
        'permission',
        { key: 'builtin.error.portDenied', params },
        { hint: { key: 'builtin.error.portDenied.hint' }, detail },
      )
    case 'EADDRNOTAVAIL':
      return failure(
        'invalid-input',
        { key: 'builtin.error.portAddress', params },
        { hint: { key: 'builtin.error.portAddress.hint' }, detail },
      )
    default:
      return failure('tool-failed', { key: 'builtin.error.port', params }, { detail })
  }
}

/** A `Failure` for what the system says of a file; what it is not is thrown on as it is. */
export function fileFailure(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  const known = typeof code === 'string' && Object.hasOwn(fileErrors, code) ? fileErrors[code] : undefined
  if (known === undefined) return error
  return failure(known.code, known.message, { hint: known.hint, detail: message, cause: error })
}
