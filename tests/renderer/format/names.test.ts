import { describe, expect, test } from 'vitest'
import { shortId, showControls, splitName } from '../../../renderer/format/names.ts'
import { daysAgo, formatCountdown, formatDuration } from '../../../renderer/format/time.ts'

describe('a name on one line', () => {
  test.each([
    ['grafana-observability-stack-with-every-dashboard-1', '-1'],
    ['ubuntu-24.04-desktop', ''],
    ['windows-server-2025', '-2025'],
    ['a3f9c1e07b52', ''],
    ['3주차 실습용 서버 2', ' 2'],
    ['with-a-very-long-last-part-1234567890123', ''],
    ['', ''],
  ])('%j keeps its end %j', (name, tail) => {
    expect(splitName(name)).toEqual({ head: name.slice(0, name.length - tail.length), tail })
  })

  test.each([
    [`docker:default/${'4be1'.repeat(16)}`, '4be14be14be1'],
    ['qemu:3f6c0b1e-8c8e-4f3c-9d0c-0a5f1f0a2b11', '3f6c0b1e-8c8e-4f3c-9d0c-0a5f1f0a2b11'],
    ['snapshot-7', 'snapshot-7'],
  ])('what has none is called by its own key: %s', (id, short) => {
    expect(shortId(id)).toBe(short)
  })

  test('a name written right to left is cut at its end alone', () => {
    expect(splitName('خادم-الاختبار-1')).toEqual({ head: 'خادم-الاختبار-1', tail: '' })
  })

  test('line breaks and control characters are seen', () => {
    expect(showControls('two\r\nlines\nand\ta\u0007bell\u2028end')).toBe('two↵lines↵and→a^Gbell↵end')
    expect(showControls('\u001b[1m\u007f\u0085')).toBe('^[[1m^?<85>')
    expect(showControls('운영체제 수업')).toBe('운영체제 수업')
  })
})

describe('times', () => {
  const hour = 3_600_000
  test.each([
    [8_400, '8 s', '8초'],
    [95_000, '1 min 35 s', '1분 35초'],
    [12 * 60_000 + 5_000, '12 min', '12분'],
    [3 * hour + 12 * 60_000, '3 h 12 min', '3시간 12분'],
    [2 * hour, '2 h', '2시간'],
    [9 * 24 * hour + hour, '9 d 1 h', '9일 1시간'],
    [-5, '0 s', '0초'],
  ])('%i ms reads %s', (ms, english, korean) => {
    expect(formatDuration(ms, 'en')).toBe(english)
    expect(formatDuration(ms, 'ko')).toBe(korean)
  })

  test('a column shows the largest part alone', () => {
    expect(formatDuration(9 * 24 * hour + hour, 'en', true)).toBe('9 d')
  })

  test('a countdown never passes zero', () => {
    expect([47_000, 46_001, 60_000, -3].map(formatCountdown)).toEqual(['0:47', '0:47', '1:00', '0:00'])
  })

  test('yesterday is a date and not a distance', () => {
    const now = new Date(2026, 10, 23, 0, 30).getTime()
    expect(daysAgo(new Date(2026, 10, 22, 23, 50).toISOString(), now)).toBe(1)
    expect(daysAgo(new Date(2026, 10, 23, 0, 10).toISOString(), now)).toBe(0)
  })
})
