import { formatTime } from '../../format/time.ts'
import type { SayFunction } from '../../say.tsx'

/** `23 Nov, 14:32`: snapshots are told apart by when they were taken until a person finds a better word. */
export function proposedName(now: Date, locale: 'en' | 'ko', say: SayFunction): string {
  const date = new Intl.DateTimeFormat(locale === 'ko' ? 'ko-KR' : 'en-GB', { day: 'numeric', month: 'short' }).format(
    now,
  )
  return say('snap.proposed', { date, time: formatTime(now.toISOString(), locale) })
}
