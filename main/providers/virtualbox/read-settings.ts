import { readFile, stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../../log.ts'
import type { Entry } from './entry.ts'
import { problemOf, stampOf, withReplacing } from './replaced-file.ts'
import { parseSettings, type Settings } from './settings-file.ts'
import type { Medium } from './settings-media.ts'

/** Reads a machine's settings if they changed, and looks whether its media are there. Never throws: what is wrong is the entry's `problem`. */
export async function readSettings(entry: Entry, refreshRegistry: () => Promise<unknown>, log: Log): Promise<void> {
  const { path } = entry
  if (path === null) return
  const stamp = await stampOf(path)
  if (stamp === null || stamp !== entry.stamp || entry.problem !== null) {
    try {
      const settings = await parseSettings(await withReplacing(() => readFile(path, 'utf8')), path)
      if (settings.uuid !== entry.uuid) throw new Error(`the file is that of ${settings.uuid}`)
      entry.settings = settings
      entry.stamp = stamp ?? `read at ${performance.now()}`
      entry.problem = entry.isRefused ? { kind: 'refused', path, said: '' } : null
    } catch (error) {
      // A renamed machine's folder goes before the registry says where to.
      await refreshRegistry().catch(() => {})
      if (entry.path !== path) return readSettings(entry, refreshRegistry, log)
      const problem = problemOf(error, path)
      if (problem.said !== entry.problem?.said) log.warn('virtualbox.unreadable', { uuid: entry.uuid, ...problem })
      entry.problem = problem
      entry.stamp = ''
    }
  }
  entry.lostMedium = entry.settings === null || entry.problem !== null ? null : await missingMedium(entry.settings)
}

/** The first medium whose file is not there, of what is in the machine's drives and what that stands on; null when all are. */
export async function missingMedium({ hardware, media }: Pick<Settings, 'hardware' | 'media'>): Promise<Medium | null> {
  const byId = new Map(media.map((medium) => [medium.uuid, medium]))
  for (const { devices } of hardware.controllers) {
    for (const { mediumId } of devices) {
      for (let one = byId.get(mediumId ?? ''); one !== undefined; one = byId.get(one.parentId ?? '')) {
        if (await isGone(one.path)) return one
      }
    }
  }
  return null
}

/** A drive that does not answer, on the network say, would keep every machine's row waiting. */
const lookMs = 1_000

/** What cannot be looked at may be there. */
async function isGone(path: string): Promise<boolean> {
  const stop = new AbortController()
  const looked = stat(path).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT' || error.code === 'ENOTDIR',
  )
  const late = delay(lookMs, false, { signal: stop.signal, ref: false }).catch(() => false)
  return Promise.race([looked, late]).finally(() => stop.abort())
}
