import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeHome, type OpenWeb, openWeb, removeHome } from '../support/window.ts'
import { stillMachines } from './still-machines.ts'

let home: string
let berth: OpenWeb
let page: Page

const machine = (name: string): Locator => page.getByRole('row', { name: new RegExp(`^${name},`) })
const dialog = (): Locator => page.getByRole('dialog', { name: 'New machine' })

beforeAll(async () => {
  home = await makeHome({ firstRunDone: true, locale: 'en' })
  await writeFile(join(home, 'debian-13.2.0-amd64-netinst.iso'), 'not really')
  berth = await openWeb({ home, ...stillMachines })
  page = berth.page
  await machine('win11-dev').waitFor()
})

afterAll(async () => {
  await berth?.close()
  await removeHome(home)
})

beforeEach(async () => {
  await page.keyboard.press('Control+n')
  await dialog().waitFor()
})

async function chooseIso(): Promise<void> {
  await dialog()
    .getByRole('radio', { name: /^Install from an ISO/ })
    .click({ force: true })
  const browser = page.getByRole('dialog', { name: 'Choose an ISO' })
  await browser.getByRole('textbox', { name: 'Folder' }).fill(home)
  await page.keyboard.press('Enter')
  await browser.getByRole('option', { name: /^debian-13/ }).dblclick()
  await browser.waitFor({ state: 'detached' })
}

describe('a new virtual machine', () => {
  test('needs an ISO and one press: the name is proposed, the rest has defaults, the commands are shown', async () => {
    await chooseIso()
    expect(await dialog().getByRole('textbox', { name: 'Name' }).inputValue()).toBe('debian-13.2.0')
    await expect.poll(() => dialog().locator('.create-preview pre').textContent()).toContain('qemu-system')
    await page.keyboard.press('Control+Enter')
    await dialog().waitFor({ state: 'detached' })
    await machine('debian-13.2.0').waitFor({ timeout: 20_000 })
    await expect
      .poll(() => page.locator('.machine-header').textContent(), { timeout: 30_000 })
      .toMatch(/debian-13\.2\.0.*Running/)
    // An installer may wait for a key for some seconds only: the screen is there, with the keyboard in it.
    await page.getByRole('application', { name: 'Display of debian-13.2.0' }).waitFor({ timeout: 20_000 })
    await page.locator('.display-captured').waitFor({ timeout: 20_000 })
    await page.keyboard.press('Control+Alt')
  })

  test('says what is wrong beside its field, and how much in the footer', async () => {
    await dialog().getByRole('textbox', { name: 'Name' }).fill(' ')
    await page.keyboard.press('Tab')
    await dialog().getByText('Enter a name.').waitFor()
    await dialog().getByText('1 problem to fix').waitFor()
    await dialog().getByRole('button', { name: 'Create and start' }).click()
    await dialog().getByText('2 problems to fix').waitFor()
    await dialog().getByText('Choose the ISO to install from.').waitFor()
    await dialog()
      .getByRole('button', { name: 'Start over' })
      .or(dialog().getByRole('button', { name: 'Cancel' }))
      .first()
      .click()
  })

  test('keeps what was typed when the dialog is closed', async () => {
    await dialog().getByRole('textbox', { name: 'Name' }).fill('later, 나중에')
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
    await page.keyboard.press('Control+n')
    expect(await dialog().getByRole('textbox', { name: 'Name' }).inputValue()).toBe('later, 나중에')
    await dialog().getByRole('button', { name: 'Start over' }).click()
    await expect.poll(() => dialog().getByRole('textbox', { name: 'Name' }).inputValue()).toBe('machine')
    await page.keyboard.press('Escape')
  })

  test('is not made where nothing can: the reason stands on the card', async () => {
    const card = dialog().getByRole('radio', { name: /^VirtualBox/ })
    expect(await card.getAttribute('aria-disabled')).toBe('true')
    await page.keyboard.press('Escape')
  })
})

describe('a new container', () => {
  test('is made from an image that is here, under a name that nobody has', async () => {
    await dialog().getByRole('radio', { name: 'Container', exact: true }).click()
    await dialog()
      .getByRole('radio', { name: /^alpine:3\.22/ })
      .click({ force: true })
    await expect.poll(() => dialog().locator('.create-preview pre').textContent()).toContain('alpine:3.22')
    await dialog().getByRole('button', { name: 'Publish a port' }).click()
    await dialog().getByRole('textbox', { name: 'Container port' }).fill('eighty')
    await page.keyboard.press('Tab')
    await dialog().getByText('Enter a port number from 1 to 65535.').waitFor()
    await dialog().getByRole('textbox', { name: 'Container port' }).fill('80')
    await dialog().getByRole('button', { name: 'Create and start' }).click()
    await dialog().waitFor({ state: 'detached' })
    await machine('alpine').waitFor({ timeout: 30_000 })
  })

  test('takes the local image that a few letters stand for, and pulls only what is chosen to be pulled', async () => {
    await dialog().getByRole('radio', { name: 'Container', exact: true }).click()
    await dialog().getByRole('textbox', { name: 'Image' }).fill('alp')
    expect(
      await dialog()
        .getByRole('radio', { name: /^alpine:3\.22/ })
        .isChecked(),
    ).toBe(true)
    await expect.poll(() => dialog().locator('.create-preview pre').textContent()).toContain('-- alpine:3.22')
    await dialog()
      .getByRole('radio', { name: /^Pull alp/ })
      .click({ force: true })
    await expect.poll(() => dialog().locator('.create-preview pre').textContent()).toMatch(/-- alp$/)
  })

  test('has a terminal, limits, a network, a user and a folder to choose', async () => {
    await dialog().getByRole('radio', { name: 'Container', exact: true }).click()
    await dialog().getByRole('textbox', { name: 'Image' }).fill('caddy:2')
    await dialog().getByRole('radiogroup', { name: 'Terminal' }).getByRole('radio', { name: 'On', exact: true }).click()
    await dialog()
      .getByRole('button', { name: /^Advanced: limits/ })
      .click()
    await dialog().getByRole('textbox', { name: 'CPU limit' }).fill('many')
    await page.keyboard.press('Tab')
    await dialog().getByText('Enter a number of CPUs').waitFor()
    await dialog().getByRole('textbox', { name: 'CPU limit' }).fill('1.5')
    await dialog().getByRole('textbox', { name: 'Memory limit' }).fill('512 MB')
    await dialog().getByRole('combobox', { name: 'Network' }).selectOption('web-tier')
    await dialog().getByRole('textbox', { name: 'User' }).fill('1000')
    await dialog().getByRole('textbox', { name: 'Working folder' }).fill('/srv')
    await expect
      .poll(() => dialog().locator('.create-preview pre').textContent())
      .toContain('-it --cpus 1.5 --memory 536870912 --network web-tier --user 1000 --workdir /srv -- caddy:2')
    await page.keyboard.press('Control+Enter')
    await machine('caddy').waitFor({ timeout: 30_000 })
  })

  test('pulls an image that is not here', async () => {
    await dialog().getByRole('radio', { name: 'Container', exact: true }).click()
    await dialog().getByRole('textbox', { name: 'Image' }).fill('ghcr.io/owner/web:3')
    await dialog().getByText('Pull ghcr.io/owner/web:3').waitFor()
    expect(await dialog().getByRole('textbox', { name: 'Name' }).inputValue()).toBe('web')
    await page.keyboard.press('Control+Enter')
    await machine('web').waitFor({ timeout: 30_000 })
  })
})

describe('deleting', () => {
  beforeEach(async () => {
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
  })

  test('moves to the trash, from which it comes back', async () => {
    await machine('oracle-19c-training').click()
    await page.keyboard.press('Delete')
    await expect.poll(() => machine('oracle-19c-training').count(), { timeout: 20_000 }).toBe(0)
    expect(await page.getByRole('alertdialog').count()).toBe(0)
    await page.getByRole('link', { name: /^Trash/ }).click()
    await page.getByRole('button', { name: 'Recover' }).click()
    await page.getByText('The trash is empty').waitFor({ timeout: 20_000 })
    await page.getByRole('link', { name: /^All machines/ }).click()
    await machine('oracle-19c-training').waitFor()
  })

  test('that can be undone is not asked: Undo stands beside what was done and shows the machine again', async () => {
    await machine('oracle-19c-training').click()
    await page.keyboard.press('Delete')
    const strip = page.locator('.plane-strip')
    await strip.getByText('Moved oracle-19c-training to the trash').waitFor()
    expect(await page.getByRole('alertdialog').count()).toBe(0)
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.closest('[data-pane]')?.getAttribute('data-pane')))
      .toBe('list')
    const undo = strip.getByRole('button', { name: 'Undo' })
    await undo.click()
    await expect
      .poll(() => page.locator('.machine-header').textContent(), { timeout: 20_000 })
      .toContain('oracle-19c-training')
    await expect.poll(() => undo.count()).toBe(0)
    await strip.locator('.strip-tasks').click()
    const removal = page.getByRole('listitem').filter({ hasText: 'Moved oracle-19c-training to the trash' })
    await removal.first().waitFor()
    expect(await removal.getByRole('button', { name: 'Undo' }).count()).toBe(0)
    await page.keyboard.press('Escape')
  })

  test('for good asks for the name and leaves volumes alone unless asked', async () => {
    // What was made above has moved its row out of sight.
    await page.getByRole('searchbox', { name: /^Filter/ }).fill('web-api')
    await machine('web-api').click()
    await page.locator('.machine-verbs').getByRole('button', { name: 'Stop', exact: true }).click()
    await expect.poll(() => page.locator('.machine-state').textContent(), { timeout: 30_000 }).toMatch(/^Stopped/)
    await machine('web-api').click()
    await page.keyboard.press('Delete')
    const question = page.getByRole('alertdialog', { name: 'Permanently delete web-api?' })
    expect(await question.getByRole('checkbox').isChecked()).toBe(false)
    const yes = question.getByRole('button', { name: /^Delete (?:[\d.]+ .B|permanently)$/ })
    expect(await yes.getAttribute('aria-disabled')).toBe('true')
    await question.getByRole('textbox').fill('web-api')
    await yes.click()
    await expect.poll(() => machine('web-api').count(), { timeout: 20_000 }).toBe(0)
  })
})
