import { readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { type Failure, failure } from '../app/domain/errors.ts'
import type { Notice } from '../app/domain/provider.ts'
import { defaultSettings, type Settings, settingsSchema } from '../app/domain/settings.ts'
import { createEmitter } from '../app/util/emitter.ts'
import { isSame } from '../app/util/same.ts'
import { createSerial } from '../app/util/serial.ts'
import type { Log } from './log.ts'
import { writeAtomic } from './write-atomic.ts'

export interface SettingsStore {
  readonly get: () => Settings
  /** Merges a deep partial; throws `invalid-input` with the field when a value does not fit, and then nothing changes. */
  readonly set: (changes: Readonly<Record<string, unknown>>) => Promise<Settings>
  readonly onChanged: (listener: (settings: Settings) => void) => () => void
  /** What a person should know about the file; null when all is well. */
  readonly notice: Notice | null
}

/** Reads the settings. A file that cannot be read is kept beside the new one, and said. */
export function openSettings(configDir: string, log: Log): SettingsStore {
  const path = join(configDir, 'settings.json')
  const read = readSettings(path, log)
  let settings = read.settings
  const changed = createEmitter<Settings>((error) => log.error('settings.listener', { error }))
  const writes = createSerial()

  return {
    get: () => settings,
    async set(changes) {
      const merged = merge(settings, changes)
      const result = settingsSchema.safeParse(merged)
      if (!result.success) throw unfit(result.error.issues[0]?.path.join('.') ?? '')
      const parsed = result.data
      // The schema puts a default in place of what does not fit: right for a file, but a person must be told.
      const field = differing(merged, parsed)
      if (field !== null) throw unfit(field)
      if (isSame(parsed, settings)) return settings
      settings = parsed
      changed.emit(settings)
      await writes.run('write', () => writeAtomic(path, `${JSON.stringify(settings, null, 2)}\n`))
      return settings
    },
    onChanged: (listener) => changed.on(listener),
    notice: read.notice,
  }
}

function readSettings(path: string, log: Log): { readonly settings: Settings; readonly notice: Notice | null } {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') log.error('settings.unreadable', { path, error })
    return { settings: defaultSettings, notice: null }
  }
  try {
    return { settings: settingsSchema.parse(JSON.parse(text)), notice: null }
  } catch (error) {
    const aside = `${path}.damaged-${new Date().toISOString().replaceAll(':', '-')}`
    log.warn('settings.damaged', { path, aside, error: String(error) })
    try {
      renameSync(path, aside)
    } catch (reason) {
      log.error('settings.aside', { path, error: reason })
    }
    return {
      settings: defaultSettings,
      notice: { level: 'warning', text: { key: 'settings.damaged', params: { path: aside } } },
    }
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

/** The dotted path of the first value that the schema did not take as it was; null when it took all. */
function differing(wanted: unknown, taken: unknown, at = ''): string | null {
  if (!isTree(wanted) || !isTree(taken)) return isSame(wanted, taken) ? null : at
  for (const [key, value] of Object.entries(wanted)) {
    const path = at === '' ? key : `${at}.${key}`
    if (!Object.hasOwn(taken, key)) return path
    const field = differing(value, taken[key], path)
    if (field !== null) return field
  }
  return null
}
