import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isBusy } from '../../app/domain/machine.ts'
import { connectTo } from '../support/client.ts'
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
  test('counts all machines that keep running, containers too, and tells paused ones apart', async () => {
    const client = await connectTo(berth.address)
    // The question waits until every machine is known.
    await client.call('inventory.refresh')
    const { machines } = await client.call('inventory.get')
    client.close()
    const running = machines.filter(({ state }) => state === 'running' || isBusy(state))
    const containers = running.filter(({ kind }) => kind === 'container').length
    expect(containers).toBeGreaterThan(1)
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').waitFor()
    await page.keyboard.type('Quit Berth')
    await page.keyboard.press('Enter')
    await question().waitFor()
    expect(await question().getByRole('heading').first().innerText()).toBe(`${running.length} machines keep running`)
    const rows = await question().locator('.quit-rows li').allInnerTexts()
    expect(rows.join('\n')).toMatch(new RegExp(`^${containers} containers\\s+keep running$`, 'm'))
    expect(rows.join('\n')).toMatch(/stays? paused/)
    // What is asked to shut down or suspend first is named: containers are not.
    await question().getByRole('button', { name: 'Suspend all VMs and quit' }).waitFor()
    await question().getByRole('button', { name: 'Shut down all VMs and quit…' }).click()
    await page.getByRole('dialog', { name: /^Shut down \d+ VMs? first\?$/ }).waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
  })
})
