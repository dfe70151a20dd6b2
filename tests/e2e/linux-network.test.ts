import { describe, expect, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { picture } from '../support/window.ts'
import { linuxPerson, patience } from './linux-person.ts'

describe('a person who gives the Linux that comes with Berth a network', () => {
  const person = linuxPerson('network')

  test('switches it on while the machine runs, forwards a port and finds its page at the machine’s own', async () => {
    const { page, makeLinux, openSettings, saveSettings } = person()
    await makeLinux('served')
    await openSettings()
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
    await saveSettings()

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
