import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { makeHome, type OpenElectron, openElectron, picture, removeHome, root } from '../support/window.ts'

const looks = [
  { theme: 'light', locale: 'en' },
  { theme: 'dark', locale: 'en' },
  { theme: 'light', locale: 'ko' },
  { theme: 'dark', locale: 'ko' },
] as const

/** Everything a person looks at all day, to be looked at: in `test-results/pictures`. */
describe.each(looks)('pictures, $theme, $locale', ({ theme, locale }) => {
  const look = `${theme}-${locale}`

  async function withWindow(settings: object, work: (page: Page, berth: OpenElectron) => Promise<void>): Promise<void> {
    const home = await makeHome({ theme, locale, ...settings })
    const berth = await openElectron({ home, mock: true, env: { BERTH_MOCK_STILL: '1' } })
    try {
      await work(berth.page, berth)
    } finally {
      await berth.close()
      await removeHome(home)
    }
  }

  test('of the first start', () =>
    withWindow({ firstRunDone: false }, async (page) => {
      await page.getByRole('heading', { level: 1 }).waitFor()
      await picture(page, `${look}-first-run`)
      expect(await page.evaluate(() => document.documentElement.lang)).toBe(locale)
      const scheme = await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)
      expect(scheme).toContain(theme)
    }))

  test('of a machine, its terminal, its snapshots and its settings', () =>
    withWindow({ firstRunDone: true }, async (page) => {
      const tab = (number: number): Promise<void> => page.keyboard.press(`Control+${number}`)
      await page.getByRole('row', { name: /^win11-dev,/ }).click()
      await page.getByRole('tab').first().waitFor()
      await picture(page, `${look}-overview`)
      await tab(3)
      await page.locator('.snapshot-rails').waitFor()
      await picture(page, `${look}-snapshots`)
      await page.getByRole('row', { name: /^postgres-16,/ }).click()
      await page.keyboard.press('Control+t')
      await page.locator('.xterm-rows').filter({ hasText: /[#$]/ }).waitFor()
      await page.keyboard.type('help\n')
      await page
        .locator('.xterm-rows')
        .filter({ hasText: /poweroff/ })
        .waitFor()
      await picture(page, `${look}-terminal`)
      if (process.env['README_PICTURE'] !== undefined && look === 'light-en') {
        await copyFile(join(root, `test-results/pictures/${look}-terminal.png`), join(root, 'assets/screenshot.png'))
      }
    }))

  test('of the pages and dialogs besides', () =>
    withWindow({ firstRunDone: true }, async (page) => {
      await page.getByRole('row', { name: /^win11-dev,/ }).click()
      await page.keyboard.press('Control+n')
      await page.getByRole('dialog').getByRole('radio').nth(4).waitFor()
      await picture(page, `${look}-create`)
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await page.keyboard.press('Control+k')
      await page.getByRole('listbox').waitFor()
      await picture(page, `${look}-palette`)
      await page.keyboard.press('Escape')
      await page.getByRole('listbox').waitFor({ state: 'detached' })
      await page.keyboard.press('Control+,')
      await page.getByRole('main').getByRole('heading').first().waitFor()
      await picture(page, `${look}-settings`)
    }))
})
