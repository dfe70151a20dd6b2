import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeHome, type OpenWeb, openWeb, removeHome } from '../support/window.ts'

let home: string
let berth: OpenWeb
let page: Page

const dialog = (): Locator => page.getByRole('dialog', { name: 'New machine' })
const places = (): Locator => dialog().getByRole('radiogroup', { name: 'Run in' })

const isFocused = (element: Element): boolean => element === document.activeElement

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

test('the keyboard stays at the choice of where a machine runs and of its kind, whatever is chosen there', async () => {
  await page.keyboard.press('Control+n')
  await expect.poll(() => dialog().getByRole('textbox', { name: 'Name' }).evaluate(isFocused)).toBe(true)
  // A host that is far away answers later.
  const [here, far] = [/^QEMU/, /^libvirt/].map((name) => places().getByRole('radio', { name }))
  if (here === undefined || far === undefined) throw new Error('Too few places')
  await expect.poll(() => far.getAttribute('aria-disabled')).toBeNull()
  await here.focus()
  const isDrawn = async (): Promise<void> => {
    await dialog().locator('.create-asking').waitFor({ state: 'detached' })
    await dialog().locator('.form-more').waitFor()
  }
  for (const [key, chosen] of [
    ['ArrowDown', far],
    ['ArrowUp', here],
  ] as const) {
    await page.keyboard.press(key)
    await expect.poll(() => chosen.isChecked()).toBe(true)
    expect(await chosen.evaluate(isFocused)).toBe(true)
    await isDrawn()
    expect(await chosen.evaluate(isFocused)).toBe(true)
  }
  const kind = dialog().getByRole('radio', { name: 'Container', exact: true })
  await kind.click()
  await isDrawn()
  expect(await kind.evaluate(isFocused)).toBe(true)
  await dialog().getByRole('radio', { name: 'Virtual machine', exact: true }).click()
  await page.keyboard.press('Escape')
  await dialog().waitFor({ state: 'detached' })
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
