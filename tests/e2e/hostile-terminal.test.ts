import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeHome, type OpenWeb, openWeb, removeHome } from '../support/window.ts'

const finals = ['b', 'I', 'L', 'M', 'S', 'T', 'Z']

describe('a program that prints hostile sequences in a terminal of the window', () => {
  let home = ''
  let berth: OpenWeb

  beforeAll(async () => {
    home = await makeHome({ firstRunDone: true, locale: 'en' })
    const env = { BERTH_MOCK_STILL: '1', SHELL: '/bin/sh', PS1: '$ ' }
    berth = await openWeb({ home, mock: true, env })
    const { page } = berth
    await page.getByRole('row').first().waitFor()
    await page.locator('body').press('Control+k')
    await page.getByRole('combobox').fill('terminal on this computer')
    await page.getByRole('option', { name: /terminal on this computer/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.locator('.xterm-rows').filter({ hasText: /[#$]/ }).waitFor()
  })

  afterAll(async () => {
    await berth.close()
    await removeHome(home)
  })

  for (const screen of ['ordinary', 'alternate'] as const) {
    test(`keeps the page and main answering on the ${screen} screen`, async () => {
      const { page } = berth
      const path = join(home, `${screen}.txt`)
      const huge = finals.map((final) => `A\x1b[999999999${final}`).join('')
      const [enter, leave] = screen === 'alternate' ? ['\x1b[?1049h', '\x1b[?1049l'] : ['', '']
      await writeFile(path, `${enter}${huge.repeat(20)}${leave}`)
      await page.evaluate(() => {
        const beat = { last: performance.now(), longest: 0 }
        setInterval(() => {
          const now = performance.now()
          beat.longest = Math.max(beat.longest, now - beat.last)
          beat.last = now
        }, 10)
        Object.assign(window, { beat })
      })
      await page.keyboard.type(`cat ${path}; echo do''ne-${screen}`)
      await page.keyboard.press('Enter')
      await page
        .locator('.xterm-rows')
        .filter({ hasText: `done-${screen}` })
        .waitFor()
      const longestMs = await page.evaluate(() => (window as unknown as { beat: { longest: number } }).beat.longest)
      expect(longestMs).toBeLessThan(10_000)
    })
  }

  test('keeps what stands in a frame, and what is reversed, readable on any ground that a program gives it', async () => {
    const { page } = berth
    await page.keyboard.type(
      "clear; printf '\\033[30;44m\\342\\224\\202fra''med\\033[0m \\033[7mreve''rsed\\033[0m\\n'",
    )
    await page.keyboard.press('Enter')
    const contrastOf = async (text: RegExp): Promise<number> => {
      const span = page.locator('.xterm-rows span', { hasText: text })
      await span.waitFor()
      return span.evaluate((element) => {
        const luminance = (css: string): number => {
          const [red = 0, green = 0, blue = 0] = (css.match(/\d+/g) ?? []).map((part) => {
            const share = Number(part) / 255
            return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
          })
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue
        }
        const { color, backgroundColor } = getComputedStyle(element)
        const [low = 0, high = 0] = [luminance(color), luminance(backgroundColor)].sort((one, other) => one - other)
        return (high + 0.05) / (low + 0.05)
      })
    }
    expect(await contrastOf(/^│framed$/)).toBeGreaterThan(4.4)
    expect(await contrastOf(/^reversed$/)).toBeGreaterThan(12)
  })
})
