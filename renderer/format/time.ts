import type { Locale } from '../../app/messages/write.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
/** In place of a moment that cannot be read: it may come out of a damaged file, or be anybody's label. */
const unknownTime = '—'

/** A length of time by its two largest parts: `3 h 12 min`, `8 s`, `9 d`. `isShort` keeps the largest alone, for columns. */
export function formatDuration(ms: number, locale: Locale, isShort = false): string {
  if (Number.isNaN(ms)) return unknownTime
  const positive = Math.max(0, ms)
  const parts: [number, 'day' | 'hour' | 'minute' | 'second'][] =
    positive >= day
      ? [
          [Math.floor(positive / day), 'day'],
          [Math.floor((positive % day) / hour), 'hour'],
        ]
      : positive >= hour
        ? [
            [Math.floor(positive / hour), 'hour'],
            [Math.floor((positive % hour) / minute), 'minute'],
          ]
        : positive >= minute
          ? [
              [Math.floor(positive / minute), 'minute'],
              [positive < 10 * minute ? Math.floor((positive % minute) / second) : 0, 'second'],
            ]
          : [[Math.floor(positive / second), 'second']]
  return parts
    .slice(0, isShort ? 1 : 2)
    .filter(([value], index) => index === 0 || value > 0)
    .map(([value, unit]) => writeUnit(value, unit, locale))
    .join(' ')
}

function writeUnit(value: number, unit: 'day' | 'hour' | 'minute' | 'second', locale: Locale): string {
  if (locale === 'ko') return `${value}${{ day: '일', hour: '시간', minute: '분', second: '초' }[unit]}`
  return `${value} ${{ day: 'd', hour: 'h', minute: 'min', second: 's' }[unit]}`
}

/** `0:47`: for what counts down. */
export function formatCountdown(ms: number): string {
  const whole = Math.max(0, Math.ceil(ms / second))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/**
 * The one form in which all moments are written: that of the window's language, as this computer's region has it. Where the
 * computer speaks another language, English is written as it is outside of America.
 */
function formOf(locale: Locale): string {
  const own = new Intl.DateTimeFormat().resolvedOptions().locale
  return own.split('-')[0] === locale ? own : { en: 'en-GB', ko: 'ko-KR' }[locale]
}

function format(iso: string, locale: Locale, options: Intl.DateTimeFormatOptions): string {
  const moment = new Date(iso)
  return Number.isNaN(moment.getTime()) ? unknownTime : new Intl.DateTimeFormat(formOf(locale), options).format(moment)
}

/** The time of day: `14:32`, `2:32 PM` or `오후 2:32`. */
export function formatTime(iso: string, locale: Locale): string {
  return format(iso, locale, { hour: 'numeric', minute: '2-digit' })
}

/** The time of day to the second, for what may happen twice in a minute: `14:32:05` or `2:32:05 PM`. */
export function formatTimeOfDay(iso: string, locale: Locale): string {
  return format(iso, locale, { hour: 'numeric', minute: '2-digit', second: '2-digit' })
}

/** A date without its time: `12 Mar 2026` or `Mar 12, 2026`. */
export function formatDate(iso: string, locale: Locale): string {
  return format(iso, locale, { dateStyle: 'medium' })
}

/** Whole days between the two moments' local dates: 0 is today, 1 yesterday. */
export function daysAgo(iso: string, now: number): number {
  const start = (time: Date): number => new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime()
  return Math.round((start(new Date(now)) - start(new Date(iso))) / day)
}
