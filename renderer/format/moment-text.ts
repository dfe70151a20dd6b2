import type { Locale } from '../../app/messages/write.ts'
import type { SayFunction } from '../say.tsx'
import { daysAgo, formatDate, formatTime } from './time.ts'

/** A moment inside a sentence: the time alone today, with its day before that. */
export function momentText(iso: string, now: number, locale: Locale, say: SayFunction): string {
  const time = formatTime(iso, locale)
  const days = daysAgo(iso, now)
  if (days === 0) return time
  return days === 1 ? say('time.yesterdayInside', { time }) : `${formatDate(iso, locale)} ${time}`
}
