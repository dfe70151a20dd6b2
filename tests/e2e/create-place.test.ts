import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeHome, type OpenWeb, openWeb, removeHome } from '../support/window.ts'

let home: string
let berth: OpenWeb
let page: Page

const dialog = (): Locator => page.getByRole('dialog', { name: 'New machine' })
const places = (): Locator => dialog().getByRole('radiogroup', { name: 'Run in' })

beforeAll(async () => {
  home = await makeHome({ firstRunDone: true, locale: 'en' })
  // Slow enough for a person to choose before the options are there.
  berth = await openWeb({ home, mock: true, env: { BERTH_MOCK_STILL: '1', BERTH_MOCK_SPEED: '0.2' } })
  page = berth.page
  await page.getByRole('row', { name: /^alpine-router,/ }).waitFor()
})

afterAll(async () => {
  await berth?.close()
  await removeHome(home)
})

test.each(['Virtual machine', 'Container'])(
  'the choice of where a %s runs stays at its place once its options have come',
  async (kind) => {
    for (const height of [800, 1440]) {
      await page.setViewportSize({ width: 1280, height })
      await page.keyboard.press('Control+n')
      await dialog().getByRole('radio', { name: kind, exact: true }).click()
      const more = dialog().locator('.form-more')
      await dialog().locator('.create-asking').waitFor()
      const before = await places().boundingBox()
      await more.waitFor()
      expect(await places().boundingBox()).toEqual(before)
      await page.keyboard.press('Escape')
      await dialog().waitFor({ state: 'detached' })
    }
  },
)
