import type { ReactNode } from 'react'
import { useMinute } from '../format/clock.ts'
import { daysAgo, formatDate, formatDuration, formatTime } from '../format/time.ts'
import { useLocale, useSay } from '../say.tsx'

/** A moment in words: `Today 11:35`, `Yesterday 18:02`, `12 Mar 2026`. The exact moment is in the tooltip. */
export function Moment({ at }: { readonly at: string }): ReactNode {
  const now = useMinute()
  const locale = useLocale()
  const say = useSay()
  const time = formatTime(at, locale)
  const days = daysAgo(at, now)
  const text =
    days === 0 ? say('time.today', { time }) : days === 1 ? say('time.yesterday', { time }) : formatDate(at, locale)
  return (
    <time dateTime={at} data-tip={`${formatDate(at, locale)} ${time}`}>
      {text}
    </time>
  )
}

/** How long since then: `3 h 12 min`. Updates once a minute, while it is on screen. */
export function Since({ at, isShort = false }: { readonly at: string; readonly isShort?: boolean }): ReactNode {
  const now = useMinute()
  const locale = useLocale()
  return <time dateTime={at}>{formatDuration(Math.max(now, Date.now()) - Date.parse(at), locale, isShort)}</time>
}
