import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeHome, type OpenWeb, openWeb, removeHome } from '../support/window.ts'

let home: string
let berth: OpenWeb
let page: Page

const question = (): Locator => page.getByRole('dialog').filter({ has: page.locator('.quit-rows') })

beforeAll(async () => {
  home = await makeHome({ firstRunDone: true, locale: 'en' })
  berth = await openWeb({ home, mock: true, env: { BERTH_MOCK_STILL: '1' } })
  page = berth.page
  await page.getByRole('row', { name: /^win11-dev,/ }).waitFor()
})

afterAll(async () => {
  await berth?.close()
  await removeHome(home)
})

describe('the question before Berth quits', () => {
  test('counts what keeps running as the foot of the window does, containers too, and paused machines apart', async () => {
    const foot = await page
      .locator('.strip-figures')
      .getByText(/^\d+ running$/)
      .innerText()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('Quit Berth')
    await page.keyboard.press('Enter')
    await question().waitFor()
    const running = Number.parseInt(foot, 10)
    expect(await question().getByRole('heading').first().innerText()).toBe(`${running} machines keep running`)
    const rows = await question().locator('.quit-rows li').allInnerTexts()
    expect(rows.join('\n')).toMatch(/\d+ containers\s+keep running/)
    expect(rows.join('\n')).toMatch(/stays? paused/)
    // What is asked to shut down or suspend first is named: containers are not.
    await question().getByRole('button', { name: 'Suspend all VMs and quit' }).waitFor()
    await question().getByRole('button', { name: 'Shut down all VMs and quit…' }).click()
    await page.getByRole('dialog', { name: /^Shut down \d+ VMs? first\?$/ }).waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
  })
})
