import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeHome, type OpenWeb, openWeb, removeHome } from '../support/window.ts'

let home: string
let berth: OpenWeb
let page: Page

const row = (name: string): Locator => page.getByRole('row', { name: new RegExp(`^${name},`) }).first()
const take = (): Locator => page.getByRole('dialog', { name: 'Take snapshot' })
const terminal = (): Locator => page.locator('.terminal-active .xterm-rows')
const verb = (name: string | RegExp): Locator => page.locator('.machine-header').getByRole('button', { name })
const focused = (): Promise<string | null | undefined> =>
  page.evaluate(() => {
    const element = document.activeElement
    if (element === document.body) return 'body'
    return element?.getAttribute('aria-label') ?? element?.className ?? null
  })

/** Shows a machine wherever it is in the list, and leaves the keyboard on its row. */
async function choose(name: string): Promise<void> {
  const filter = page.getByRole('searchbox', { name: /^Filter/ })
  await filter.fill(name)
  await row(name).click()
  await filter.fill('')
  await row(name).focus()
}

/** Types without a click, as soon as the terminal has the keyboard again. */
async function typeInTerminal(word: string): Promise<void> {
  await page.waitForFunction(() => document.activeElement?.closest('.terminal-active') !== null)
  await page.keyboard.type(`echo ${word}\n`)
  await terminal()
    .filter({ hasText: new RegExp(`${word}[^]*${word}`) })
    .waitFor()
}

beforeAll(async () => {
  home = await makeHome({ firstRunDone: true, locale: 'en' })
  berth = await openWeb({ home, mock: true, env: { BERTH_MOCK_STILL: '1', BERTH_MOCK_SPEED: '8' } })
  page = berth.page
  await row('alpine-router').waitFor()
})

afterAll(async () => {
  await berth?.close()
  await removeHome(home)
})

describe('typing goes on in the terminal', () => {
  test('after a snapshot that was taken by its shortcut', async () => {
    await choose('postgres-16')
    await page.keyboard.press('Control+t')
    await terminal().filter({ hasText: /#/ }).waitFor()
    await typeInTerminal('before')
    await page.keyboard.press('Control+Shift+S')
    await take().waitFor()
    await page.keyboard.press('Enter')
    await take().waitFor({ state: 'detached' })
    await typeInTerminal('by-shortcut')
    expect(await take().count()).toBe(0)
  })

  test('after a snapshot that was taken by the button under the pointer', async () => {
    await expect.poll(() => verb('Snapshot').getAttribute('aria-disabled')).toBe(null)
    await verb('Snapshot').click()
    await take().getByRole('textbox', { name: 'Name' }).press('Enter')
    await take().waitFor({ state: 'detached' })
    await typeInTerminal('by-pointer')
  })

  test('after a menu and the palette were closed without choosing', async () => {
    await verb(/^More$/).click()
    await page.getByRole('menu').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+Shift+K')
    await page.getByRole('combobox').waitFor()
    await page.keyboard.press('Escape')
    await typeInTerminal('by-escape')
  })

  test('after a dialog that a menu opened', async () => {
    await verb(/^More$/).click()
    await page.getByRole('menuitem', { name: /^Copy files/ }).click()
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await typeInTerminal('by-dialog')
  })

  test('after the shortcut asked for a terminal that was shown already', async () => {
    await row('postgres-16').focus()
    await page.keyboard.press('Control+t')
    await typeInTerminal('shown-already')
    await page.keyboard.press('Control+Backquote')
  })
})

describe('a page that takes the window', () => {
  test('takes the keyboard from the live terminal it was asked for in, and Escape leads back to the list', async () => {
    await choose('postgres-16')
    await page.keyboard.press('Control+t')
    await typeInTerminal('before-settings')
    await page.keyboard.press('Control+Shift+K')
    await page.getByRole('combobox').waitFor()
    await page.keyboard.type('Providers')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Providers', level: 1 }).waitFor()
    await page.waitForFunction(() => document.activeElement?.closest('[data-pane="detail"]') !== null)
    await page.keyboard.type('unseen')
    expect(await terminal().innerText()).not.toContain('unseen')
    await page.keyboard.press('Escape')
    await row('postgres-16').waitFor()
    await page.waitForFunction(() => document.activeElement?.closest('[data-pane="list"]') !== null)
    await page.keyboard.press('Control+Backquote')
  })
})

describe('keys go on to the screen', () => {
  test('after a snapshot was taken while it had them', async () => {
    await choose('freebsd-14-router')
    await page.keyboard.press('Control+2')
    const stage = page.getByRole('application')
    await page.locator('.display-line').filter({ hasText: /\S/ }).waitFor()
    await stage.click()
    await page.locator('.display-captured').waitFor()
    await verb('Snapshot').click()
    await take().waitFor()
    await page.keyboard.press('Enter')
    await take().waitFor({ state: 'detached' })
    await page.locator('.display-captured').waitFor()
    await page.keyboard.press('Control+Alt')
    await page.keyboard.press('Control+1')
  })
})

describe('the keyboard is never left nowhere', () => {
  test('after a verb whose button gave way', async () => {
    await choose('riscv-fedora-42')
    await verb('Start').click()
    await verb(/^Shut down/).waitFor()
    await expect.poll(focused).toContain('riscv-fedora-42')
  })

  test('after a snapshot was restored', async () => {
    await choose('win11-dev')
    await page.keyboard.press('Control+3')
    await page.getByRole('row', { name: /^driver 560, works,/ }).click()
    const inspector = page.getByRole('complementary', { name: 'Selected snapshot' })
    await inspector.getByRole('button', { name: 'Restore', exact: true }).click()
    await page.getByRole('dialog', { name: 'Restore' }).getByRole('button', { name: 'Restore' }).click()
    await page.locator('.undo-bar').filter({ hasText: 'driver 560, works' }).waitFor()
    await expect.poll(focused).toContain('driver 560, works')
  })

  test('after a machine was renamed', async () => {
    await choose('oracle-19c-training')
    await page.keyboard.press('F2')
    await page.getByRole('dialog').getByRole('textbox').fill('oracle 7')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await expect.poll(focused).toContain('oracle 7')
  })

  test('after a machine was made: its row has it', async () => {
    await page.keyboard.press('Control+n')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Begin with a blank disk').or(dialog.getByText('Blank disk')).first().click()
    await dialog.getByRole('textbox', { name: 'Name' }).fill('new 9')
    await dialog
      .getByRole('button', { name: /^Create/ })
      .first()
      .click()
    await dialog.waitFor({ state: 'detached' })
    await expect.poll(focused).not.toBe('body')
  })

  test('after a container was made: its row has it, not that of the machine before', async () => {
    await choose('kali-lab')
    await page.keyboard.press('Control+n')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('radio', { name: 'Container', exact: true }).click()
    await dialog.getByRole('textbox', { name: 'Image' }).fill('ghcr.io/owner/made:3')
    await page.keyboard.press('Control+Enter')
    await dialog.waitFor({ state: 'detached' })
    await row('made').waitFor()
    await expect.poll(focused).toContain('made')
  })

  test('after the row’s menu', async () => {
    await choose('kali-lab')
    await page.keyboard.press('Shift+F10')
    await page.getByRole('menu').waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(focused).toContain('kali-lab')
  })
})
