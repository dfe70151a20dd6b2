import { describe, expect, it } from 'vitest'
import { lastLines } from '../../../main/console/last-lines.ts'
import { cpuMs } from '../../support/cpu-time.ts'

describe('the last lines of a log', () => {
  it.each([
    ['one\n\u001b[31mtwo\u001b[0m\r\n10%\r20%\r\n\n', 'two\n20%'],
    ['10%\r20%\r30%\rdone', 'done'],
    ['\r\r\rx\r\r', 'x'],
    ['\r\r', ''],
    ['\n\n', ''],
    ['', ''],
  ])('hold of what was written over what was left standing: %j', (text, shown) => {
    expect(lastLines(text, 2)).toBe(shown)
  })

  it('are read in time that grows with the log alone, whatever it repeats', () => {
    for (const repeated of ['\r', '\n', '\r\n', '\u001b', '\u001b]', '\u001b[', '\u001b[0', ' ', '\ra']) {
      const begun = cpuMs()
      lastLines(`${repeated.repeat(300_000)}x`, 10)
      expect(cpuMs() - begun).toBeLessThan(1_000)
    }
  })
})
