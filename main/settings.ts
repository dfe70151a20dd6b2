import { join } from 'node:path'
import { type Failure, failure } from '../app/domain/errors.ts'
import { defaultSettings, type Settings, settingsSchema } from '../app/domain/settings.ts'
import { createEmitter } from '../app/util/emitter.ts'
import { isSame } from '../app/util/same.ts'
import type { Log } from './log.ts'
import { createStateProblems, type StateProblems } from './state/problems.ts'
import { openStateFile } from './state/state-file.ts'

export interface SettingsStore {
  readonly get: () => Settings
  /** Merges a deep partial; throws `invalid-input` with the field when a value does not fit, and then nothing changes. */
  readonly set: (changes: Readonly<Record<string, unknown>>) => Promise<Settings>
  readonly onChanged: (listener: (settings: Settings) => void) => () => void
}

/** Opens the settings. What cannot be read of them is kept beside the new ones, and said. */
export function openSettings(
  configDir: string,
  log: Log,
  problems: StateProblems = createStateProblems(),
): SettingsStore {
  const file = openStateFile<Settings>({
    path: join(configDir, 'settings.json'),
    version: null,
    empty: defaultSettings,
    parse(content, unfit) {
      const parsed = settingsSchema.parse(content)
      // The schema puts a default in place of what does not fit. A field that it does not know is a newer Berth's.
      const field = differing(content, parsed, 'known')
      if (field !== null) unfit(field, 'does not fit')
      return parsed
    },
    log,
    problems,
    onReread: (settings) => changed.emit(settings),
  })
  const changed = createEmitter<Settings>((error) => log.error('settings.listener', { error }))

  return {
    get: file.get,
    async set(changes) {
      const before = file.get()
      const merged = merge(before, changes)
      const result = settingsSchema.safeParse(merged)
      if (!result.success) throw unfit(result.error.issues[0]?.path.join('.') ?? '')
      const parsed = result.data
      // The schema puts a default in place of what does not fit: right for a file, but a person must be told.
      const field = differing(merged, parsed, 'all')
      if (field !== null) throw unfit(field)
      if (isSame(parsed, before)) return before
      const written = file.change(
        () => parsed,
        (now) => (now === parsed ? before : now),
      )
      changed.emit(file.get())
      await written.catch((error: unknown) => {
        changed.emit(file.get())
        throw error
      })
      return file.get()
    },
    onChanged: (listener) => changed.on(listener),
  }
}

function unfit(field: string): Failure {
  return failure('invalid-input', { key: 'error.invalidInput', params: { field } }, { field })
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Objects merge key by key; everything else is replaced. `toolPaths` too is replaced key by key, `null` taking one away. */
function merge(base: unknown, changes: unknown): unknown {
  if (!isTree(base) || !isTree(changes)) return changes
  const merged = new Map(Object.entries(base))
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) merged.delete(key)
    else merged.set(key, merge(merged.get(key), value))
  }
  return Object.fromEntries(merged)
}

/** The dotted path of the first value that the schema did not take as it was; null when it took all, or all that it knows. */
function differing(wanted: unknown, taken: unknown, which: 'all' | 'known', at = ''): string | null {
  if (!isTree(wanted) || !isTree(taken)) return isSame(wanted, taken) ? null : at
  for (const [key, value] of Object.entries(wanted)) {
    const path = at === '' ? key : `${at}.${key}`
    if (!Object.hasOwn(taken, key)) {
      if (which === 'known') continue
      return path
    }
    const field = differing(value, taken[key], which, path)
    if (field !== null) return field
  }
  return null
}
