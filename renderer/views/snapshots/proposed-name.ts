import type { Locale } from '../../../app/messages/write.ts'
import { formatDay, formatTime } from '../../format/time.ts'
import type { SayFunction } from '../../say.tsx'

/** `23 Nov, 14:32`: snapshots are told apart by when they were taken until a person finds a better word. */
export function proposedName(now: Date, locale: Locale, say: SayFunction): string {
  const iso = now.toISOString()
  return say('snap.proposed', { date: formatDay(iso, locale), time: formatTime(iso, locale) })
}
