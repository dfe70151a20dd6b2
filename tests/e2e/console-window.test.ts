import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  makeHome,
  type OpenElectron,
  type OpenWeb,
  openElectron,
  openWeb,
  picture,
  removeHome,
} from '../support/window.ts'
import { openOwnWindow, stillMachines } from './still-machines.ts'

const patience = { timeout: 20_000 }
const display = (page: Page, name: string) => page.getByRole('application', { name: `Display of ${name}` })
const written = (page: Page) =>
  page
    .locator('.display pre')
    .textContent({ timeout: 5_000 })
    .catch(() => '')

async function openConsole(page: Page, name: string): Promise<void> {
  await page.getByRole('row', { name: new RegExp(`^${name},`) }).click()
  await page.keyboard.press('Control+2')
  await display(page, name).waitFor(patience)
}

/** Types into a console's window without a click, and sees the answer there and in the main window. */
async function typeInto(own: Page, page: Page): Promise<void> {
  await display(own, 'alpine-router').waitFor(patience)
  await expect.poll(() => own.locator('.display-line').innerText(), patience).toContain('alpine-router')
  await expect.poll(() => own.evaluate(() => document.querySelector('.display-captured') !== null)).toBe(true)
  await own.keyboard.type('echo from the window\n')
  await expect.poll(() => written(own), patience).toContain('> echo from the window\nfrom the window')
  await expect.poll(() => written(page), patience).toContain('from the window')
}

describe('a console in a window of its own, in Electron', () => {
  let home: string
  let berth: OpenElectron

  beforeAll(async () => {
    home = await makeHome({ firstRunDone: true, locale: 'en', theme: 'light' })
    berth = await openElectron({ home, ...stillMachines })
  })
  afterEach(() => berth?.page.keyboard.press('Control+Alt'))
  afterAll(async () => {
    await berth?.close()
    await removeHome(home)
  })

  test('has the keyboard at once, carries the machine’s name and shows the same screen as the page', async () => {
    const { app, page } = berth
    await openConsole(page, 'alpine-router')
    const own = await openOwnWindow(page, app.waitForEvent('window'))
    await typeInto(own, page)
    expect(await own.title()).toBe('alpine-router')
    await picture(own, 'console-window-light')
  })

  test('is brought to the front instead of opened twice, and closing it leaves Berth open', async () => {
    const { app, page } = berth
    await page.getByRole('button', { name: 'Open in a new window' }).click()
    await expect.poll(() => app.windows().length).toBe(2)
    const own = app.windows().find((window) => window !== page)
    await own?.close()
    await expect.poll(() => app.windows().length).toBe(1)
    await openConsole(page, 'alpine-router')
  })

  test('shows a text console too', async () => {
    const { app, page } = berth
    await page.getByRole('row', { name: /^postgres-16,/ }).click()
    await page.keyboard.press('Control+2')
    await page.getByRole('button', { name: 'Open in a new window' }).waitFor(patience)
    const own = await openOwnWindow(page, app.waitForEvent('window'))
    await own.locator('.console-window .console-bar').waitFor(patience)
    await picture(own, 'console-window-container')
    await own.close()
  })
})

describe('a console in a window of its own, in a browser', () => {
  let home: string
  let berth: OpenWeb

  beforeAll(async () => {
    home = await makeHome({ firstRunDone: true, locale: 'ko', theme: 'dark' })
    berth = await openWeb({ home, ...stillMachines })
  })
  afterAll(async () => {
    await berth?.close()
    await removeHome(home)
  })

  test('is opened by the page and needs no key in its address', async () => {
    const { page } = berth
    await page.getByRole('row', { name: /^alpine-router,/ }).click(patience)
    await page.keyboard.press('Control+2')
    const own = await openOwnWindow(page, page.waitForEvent('popup'), '새 창에서 열기')
    await own.locator('.display-captured').waitFor(patience)
    await own.keyboard.type('echo from the window\n')
    await expect.poll(() => written(own), patience).toContain('> echo from the window\nfrom the window')
    expect(own.url()).not.toContain('token')
    await picture(own, 'console-window-dark-korean')
  })
})
