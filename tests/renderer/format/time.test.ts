import { afterEach, describe, expect, test, vi } from 'vitest'
import { formatDate, formatDuration, formatTime, formatTimeOfDay } from '../../../renderer/format/time.ts'

const moment = new Date(2026, 10, 30, 19, 59, 5).toISOString()

/** The computer's own language and region. */
function speak(tag: string): void {
  const options = new Intl.DateTimeFormat(tag).resolvedOptions()
  vi.spyOn(Intl.DateTimeFormat.prototype, 'resolvedOptions').mockReturnValue(options)
}

/** Without seconds, with the blanks that one may type and with Korean's word for the afternoon: some computers write PM. */
const plain = (text: string): string =>
  text
    .replace(/:05/, '')
    .replace(/[\u00a0\u202f]/g, ' ')
    .replace(/^PM/, '오후')

describe('moments are written in one form', () => {
  afterEach(() => vi.restoreAllMocks())

  test.each([
    ['en', 'en-US', '7:59 PM', 'Nov 30, 2026'],
    ['en', 'en-GB', '19:59', '30 Nov 2026'],
    ['en', 'de-DE', '19:59', '30 Nov 2026'],
    ['en', 'ko-KR', '19:59', '30 Nov 2026'],
    ['ko', 'en-US', '오후 7:59', '2026. 11. 30.'],
    ['ko', 'ko-KR', '오후 7:59', '2026. 11. 30.'],
  ] as const)('in a window in %s on a computer in %s', (locale, tag, time, date) => {
    speak(tag)
    expect(plain(formatTime(moment, locale))).toBe(time)
    expect(plain(formatTimeOfDay(moment, locale))).toBe(time)
    expect(formatTimeOfDay(moment, locale)).toContain(':05')
    expect(formatDate(moment, locale)).toBe(date)
  })
})

test('a moment that cannot be read is a dash, so that one damaged date breaks no list', () => {
  for (const damaged of ['', '\0', '2026-13-01T00:00:00.000Z', '2O26-01-01']) {
    for (const format of [formatTime, formatTimeOfDay, formatDate]) expect(format(damaged, 'en')).toBe('—')
    expect(formatDuration(Date.now() - Date.parse(damaged), 'ko')).toBe('—')
  }
})
