import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeHome, type OpenWeb, openWeb, picture, removeHome } from '../support/window.ts'
import { type Person, personAt } from './person.ts'

const patience = { timeout: 60_000 }

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

describe('a person who gives the Linux that comes with Berth a network', () => {
  let home = ''
  let berth: OpenWeb
  let page: Page
  let person: Person
  const form = (): Locator => page.getByRole('dialog', { name: 'New machine' })

  beforeAll(async () => {
    home = await makeHome({ firstRunDone: true, locale: 'en', theme: 'light' })
    berth = await openWeb({ home })
    page = berth.page
    person = personAt(page)
  })
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await picture(page, 'network-failed')
  })
  afterAll(async () => {
    await berth?.close()
    await removeHome(home)
  })

  test('switches it on while the machine runs, forwards a port and finds its page at the machine’s own', async () => {
    await page.keyboard.press('Control+n')
    await form().waitFor()
    await form()
      .getByRole('radio', { name: /^Built-in/ })
      .click({ force: true })
    await form().getByRole('textbox', { name: 'Name' }).fill('served')
    await page.keyboard.press('Control+Enter')
    await form().waitFor({ state: 'detached' })
    await person.row('served').waitFor(patience)
    await person.choose('served', /Running/)

    await page.getByRole('tab', { name: 'Settings' }).click()
    const network = page.getByRole('radiogroup', { name: 'Network' }).or(page.getByRole('group', { name: 'Network' }))
    await network.first().waitFor(patience)
    // Off, as every new one is.
    expect(await page.getByRole('radio', { name: 'None' }).isChecked()).toBe(true)
    await page.getByRole('radio', { name: /^NAT/ }).click({ force: true })
    await page.getByText('The machine reaches the Internet.').waitFor()
    const port = await freePort()
    await page.getByRole('button', { name: 'Forward a port' }).click()
    await page.getByRole('textbox', { name: 'Host port', exact: true }).fill(String(port))
    await page.getByRole('textbox', { name: 'Guest port' }).fill('80')
    await page.getByRole('textbox', { name: 'Allowed host ports' }).fill('3000, x')
    await page.getByText('Enter port numbers from 1 to 65535').waitFor()
    await page.getByRole('textbox', { name: 'Allowed host ports' }).fill('3000, 8080')
    await picture(page, 'network-settings')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('No changes').first().waitFor(patience)

    await page.getByRole('tab', { name: 'Overview' }).click()
    await page.getByText(`127.0.0.1:${port} → 80`).waitFor(patience)
    await picture(page, 'network-overview')
    await expect
      .poll(
        () =>
          fetch(`http://127.0.0.1:${port}/`).then(
            ({ status }) => status,
            () => 0,
          ),
        patience,
      )
      .toBe(200)
  })
})
