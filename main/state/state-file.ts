import { dirname } from 'node:path'
import { failure } from '../../app/domain/errors.ts'
import type { Log } from '../log.ts'
import { makeFolder, writeDurably } from './durable.ts'
import type { StateProblems } from './problems.ts'
import { noticeOf, type Reading, readState, type StateFormat } from './read-state.ts'

/** A file of Berth's own that is read once and written whole. */
export interface StateFile<T> {
  readonly get: () => T
  /**
   * Applies a change at once and settles when it is on the disk. When it cannot be written, `undo` takes it back among whatever
   * else has changed, and this throws; without `undo` it stays so all the same, and is written once the file can be.
   */
  readonly change: (apply: (value: T) => T, undo: ((value: T) => T) | null) => Promise<void>
}

export interface StateFileOptions<T> extends StateFormat<T> {
  readonly path: string
  readonly log: Log
  /** null for files whose loss nobody need hear of. */
  readonly problems: StateProblems | null
  /** The text that is written; JSON with line breaks unless given. */
  readonly write?: (value: T) => string
  /** Called when a file that could not be read has been. */
  readonly onReread?: (value: T) => void
}

/** Opens a file of Berth's. One that cannot be read is not written until it can be: its content is not known. */
export function openStateFile<T>(options: StateFileOptions<T>): StateFile<T> {
  const { path, log, problems } = options
  const toText = options.write ?? ((value: T): string => `${JSON.stringify(value, null, 2)}\n`)
  /** What has been changed and not undone while the file could not be read. */
  let pending: ((value: T) => T)[] = []
  let reading = look()
  let value = contentOf(reading)
  let writing: Promise<unknown> = Promise.resolve()

  function look(): Reading<T> {
    const found = readState(path, options)
    problems?.report(path, noticeOf(path, found))
    if (found.kind === 'salvaged') log.warn('state.damaged', { path, aside: found.aside, unfit: found.unfit })
    if (found.kind === 'unreadable' || found.kind === 'newer')
      log.error(`state.${found.kind}`, { path, trouble: found.trouble })
    return found
  }

  function contentOf(found: Reading<T>): T {
    return 'value' in found ? found.value : options.empty
  }

  function isKnown(): boolean {
    if (!('trouble' in reading)) return true
    const again = look()
    if ('trouble' in again) {
      reading = again
      return false
    }
    reading = again
    value = pending.reduce((so, apply) => apply(so), contentOf(again))
    pending = []
    options.onReread?.(value)
    return true
  }

  problems?.onRecheck(() => void isKnown())

  const save = async (): Promise<void> => {
    await makeFolder(dirname(path))
    await writeDurably(path, toText(value))
    // What did not fit is in its copy; the file itself is whole again.
    if (reading.kind === 'salvaged') reading = { kind: 'read', value }
  }

  return {
    get: () => value,
    async change(apply, undo) {
      if (!isKnown()) {
        if (undo !== null) throw unwritable(path, reading)
        pending.push(apply)
        value = apply(value)
        return
      }
      value = apply(value)
      const done = writing.then(save).catch((error: unknown) => {
        if (undo !== null) {
          value = undo(value)
          throw error
        }
        log.error('state.unwritten', { path, error: String(error) })
      })
      writing = done.catch(() => {})
      return done
    },
  }
}

function unwritable(path: string, reading: Reading<unknown>) {
  if (reading.kind === 'newer') {
    return failure(
      'unsupported',
      { key: 'state.error.newer', params: { path } },
      { hint: { key: 'state.error.newer.hint' } },
    )
  }
  const reason = 'trouble' in reading ? reading.trouble : ''
  return failure(
    'output-unreadable',
    { key: 'state.error.unreadable', params: { path, reason } },
    { hint: { key: 'state.error.unreadable.hint' } },
  )
}
