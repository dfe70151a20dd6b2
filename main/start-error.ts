import { type Locale, write } from '../app/messages/write.ts'
import { type Claim, LockUnusable } from './single-instance.ts'

/** Why Berth did not start, in a sentence for the person who started it. */
export function startErrorText(error: unknown, locale: Locale = 'en'): string {
  if (error instanceof LockUnusable) {
    return write({ key: 'app.lockUnusable', params: { path: error.path, reason: error.reason } }, locale)
  }
  return error instanceof Error ? error.message : String(error)
}

/** What became of a second start: where the Berth is that has the machines. */
export function takenText({ pid, other }: Extract<Claim, { kind: 'taken' }>, locale: Locale = 'en'): string {
  const key = other === null ? 'app.taken.silent' : other.shell === 'web' ? 'app.taken.web' : 'app.taken.window'
  return write({ key, params: { pid: String(pid) } }, locale)
}
