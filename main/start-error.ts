import { type Locale, write } from '../app/messages/write.ts'
import { LockUnusable } from './single-instance.ts'

/** Why Berth did not start, in a sentence for the person who started it. */
export function startErrorText(error: unknown, locale: Locale = 'en'): string {
  if (error instanceof LockUnusable) {
    return write({ key: 'app.lockUnusable', params: { path: error.path, reason: error.reason } }, locale)
  }
  return error instanceof Error ? error.message : String(error)
}
