import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditPage } from '../support/audit.ts'
import { makeHome, type OpenElectron, openElectron, removeHome, windowSize } from '../support/window.ts'

let home: string
let berth: OpenElectron
let page: Page

beforeAll(async () => {
  home = await makeHome({ firstRunDone: true, locale: 'en', theme: 'light' })
  berth = await openElectron({ home, mock: true, env: { BERTH_MOCK_STILL: '1', BERTH_MOCK_SPEED: '4' } })
  page = berth.page
  await row('alpine-router').waitFor()
})

afterAll(async () => {
  await berth?.close()
  await removeHome(home)
})

const row = (name: string): Locator => page.getByRole('row', { name: new RegExp(`^${name},`) })
const press = (keys: string): Promise<void> => page.keyboard.press(keys)
const dock = (): Locator => page.locator('.plane-dock')
const screen = async (): Promise<string> => (await dock().locator('.terminal-active .xterm-rows').textContent()) ?? ''
const pane = (): Promise<string | null | undefined> =>
  page.evaluate(() => document.activeElement?.closest('[data-pane]')?.getAttribute('data-pane'))
const tells = (text: string | RegExp): Promise<void> => expect.poll(screen).toMatch(text)

/** Shows a machine wherever it is in the list, and leaves the keyboard on its row. */
async function choose(name: string): Promise<void> {
  const field = page.getByRole('searchbox', { name: /^Filter/ })
  await field.fill(name)
  await row(name).click()
  await field.fill('')
  await field.press('Escape')
  await expect.poll(() => row(name).getAttribute('aria-selected')).toBe('true')
}

async function resize(width: number, height: number): Promise<void> {
  await berth.app.evaluate(
    ({ BrowserWindow }, [w = 0, h = 0]) => BrowserWindow.getAllWindows()[0]?.setContentSize(w, h),
    [width, height],
  )
  await page.waitForFunction((expected) => window.innerWidth === expected, width)
}

describe('a terminal in the dock', () => {
  test('opens by Ctrl+T for the chosen machine and takes the keyboard', async () => {
    await choose('postgres-16')
    await press('Control+t')
    await tells(/#/)
    await expect.poll(pane).toBe('dock')
  })

  test('leaves the guest its keys, and the window its own by another chord', async () => {
    await press('Control+k')
    expect(await page.getByRole('combobox').count()).toBe(0)
    await press('Control+Shift+K')
    await page.getByRole('combobox', { name: 'Search commands and machines' }).waitFor()
    await press('Escape')
    await expect.poll(pane).toBe('dock')
  })

  test('is left by Ctrl+F6, and hidden by Ctrl+` without ending', async () => {
    await press('Control+F6')
    expect(await pane()).toBe('strip')
    await press('Control+Shift+F6')
    expect(await pane()).toBe('dock')
    await press('Control+Backquote')
    await dock().waitFor({ state: 'detached' })
    await expect.poll(pane).toBe('list')
    await press('Control+Backquote')
    await tells(/#/)
    await expect.poll(pane).toBe('dock')
  })

  test('copies what is selected', async () => {
    await page.keyboard.type('echo kept-by-copy\n')
    await tells(/kept-by-copy.*kept-by-copy/s)
    const line = dock()
      .locator('.xterm-rows > div')
      .filter({ hasText: /^kept-by-copy/ })
    await line.dblclick({ position: { x: 20, y: 6 }, force: true })
    await press('Control+Shift+C')
    await expect.poll(() => berth.app.evaluate(({ clipboard }) => clipboard.readText())).toBe('kept-by-copy')
  })

  test('asks once before it pastes lines that the shell would run', async () => {
    const paste = async (text: string): Promise<void> => {
      await berth.app.evaluate(({ clipboard }, words) => clipboard.writeText(words), text)
      await press('Control+Shift+V')
    }
    await paste('echo one\necho two\n')
    await page.getByText('Paste 2 lines that run one after another?').waitFor()
    await press('Escape')
    await expect.poll(pane).toBe('dock')
    expect(await screen()).not.toContain('two')
    await paste('echo one\necho two\n')
    await page.getByRole('button', { name: 'Paste' }).click()
    await tells(/two.*two/s)
    await paste('echo three\n')
    await tells(/three.*three/s)
  })

  test('is searched, and is there again with its text after a reload of the page', async () => {
    await press('Control+Shift+F')
    await page.keyboard.type('kept-by')
    await page.getByText(/^\d of \d$/).waitFor()
    await press('Escape')
    await page.reload()
    await tells(/kept-by-copy/)
  })

  test('says when its machine stopped, keeps the text, and gives the keyboard to the list when it is closed', async () => {
    await dock().locator('.xterm').click()
    await page.keyboard.type('poweroff\n')
    await dock()
      .getByText(/postgres-16 stopped at .+\. The output above is preserved\./)
      .waitFor()
    await tells(/kept-by-copy/)
    await dock().getByRole('tab').first().focus()
    await press('Delete')
    await expect.poll(() => dock().getByRole('tab').count()).toBe(0)
    await expect.poll(pane).toBe('list')
    await press('Control+Backquote')
    await dock().waitFor({ state: 'detached' })
  })
})

describe('several machines', () => {
  test('have one bar with the verbs that each permits, over list and detail', async () => {
    await choose('alpine-router')
    await row('kali-lab').click({ modifiers: ['Control'] })
    await row('oracle-19c-training').click({ modifiers: ['Control'] })
    const bar = page.getByRole('toolbar', { name: 'Selected machines' })
    const labels = await bar.getByRole('button').allInnerTexts()
    expect(labels.map((label) => label.trim()).filter((label) => label !== '')).toEqual([
      'Start 2',
      'Stop 2',
      'Snapshot 3',
      'Delete 1',
      'Tag',
    ])
    const box = await bar.boundingBox()
    expect(box?.height).toBeLessThan(50)
    await row('oracle-19c-training').focus()
    await press('Escape')
    await bar.waitFor({ state: 'detached' })
  })
})

describe('what a key cannot do', () => {
  test('is explained at its row: a machine that is on is neither deleted, started, nor is one that is off shut down', async () => {
    const tip = page.locator('.tooltip')
    await choose('win11-dev')
    await press('Delete')
    await tip.filter({ hasText: /win11-dev/ }).waitFor()
    expect(await page.getByRole('alertdialog').count()).toBe(0)
    expect(await page.locator('.error-card').count()).toBe(0)
    await press('Control+Enter')
    await tip.filter({ hasText: /win11-dev/ }).waitFor()
    await choose('riscv-fedora-42')
    await expect.poll(() => tip.count()).toBe(0)
    await press('Control+Shift+Period')
    await tip.filter({ hasText: /riscv-fedora-42/ }).waitFor()
    await press('Control+Shift+S')
    await tip.filter({ hasText: /raw/ }).waitFor()
    await press('ArrowDown')
    await expect.poll(() => tip.count()).toBe(0)
  })

  test('a container that runs is deleted after it was told that it is stopped first', async () => {
    await choose('redis-cache')
    await press('Delete')
    const question = page.getByRole('alertdialog', { name: 'Permanently delete redis-cache?' })
    await question.getByText('redis-cache is running and will be stopped first.').waitFor()
    await question.getByRole('textbox').fill('redis-cache')
    await question.getByRole('button', { name: /^Delete/ }).click()
    await row('redis-cache').waitFor({ state: 'detached' })
  })
})

describe('a clone', () => {
  const clone = async (): Promise<void> => {
    await row('oracle-19c-training').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Clone…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Clone', exact: true }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
  const header = (): Promise<string | null> => page.locator('.machine-header').textContent()

  test('is shown once it is there', async () => {
    await choose('oracle-19c-training')
    await clone()
    await expect.poll(header, { timeout: 30_000 }).toContain('oracle-19c-training-2')
    expect(await row('oracle-19c-training-2').getAttribute('aria-selected')).toBe('true')
  })

  test('takes nobody away who has gone elsewhere meanwhile', async () => {
    await choose('oracle-19c-training')
    await clone()
    await choose('alpine-router')
    await row('oracle-19c-training-3').waitFor({ timeout: 30_000 })
    await page
      .locator('.plane-strip')
      .getByText(/^Cloned oracle-19c-training/)
      .waitFor()
    expect(await header()).toContain('alpine-router')
  })
})

describe('a failure', () => {
  test('stands whole on the tab where it came up, and as one line that unfolds on the others', async () => {
    const card = page.locator('.error-card')
    const line = page.locator('.machine-failure .notice').filter({ hasText: /^Couldn’t start win10-legacy-ie/ })
    await choose('win10-legacy-ie')
    await press('Control+1')
    await press('Control+Enter')
    await card.waitFor()
    await page.getByRole('tab', { name: 'Activity' }).click()
    await line.waitFor()
    expect(await card.count()).toBe(0)
    await line.getByRole('button', { name: 'Show' }).click()
    await card.waitFor()
    await page.getByRole('tab', { name: 'Overview' }).click()
    await card.getByRole('button', { name: 'Close' }).click()
    await card.waitFor({ state: 'detached' })
    await page.getByRole('tab', { name: 'Activity' }).click()
    expect(await line.count()).toBe(0)
    await press('Control+1')
  })
})

describe('a narrow window', () => {
  afterAll(() => resize(windowSize.width, windowSize.height))

  test('shows the sidebar over the list; Escape closes it and gives the keyboard back', async () => {
    await choose('alpine-router')
    await resize(900, 600)
    await page.getByRole('button', { name: 'Show sidebar' }).click()
    await expect.poll(pane).toBe('sidebar')
    await press('Escape')
    await page.locator('.plane-sidebar-over').waitFor({ state: 'detached' })
    await expect.poll(pane).toBe('list')
  })

  test('shows list and detail one after the other below 800', async () => {
    await resize(760, 520)
    await row('alpine-router').waitFor({ state: 'detached' })
    await expect.poll(pane).toBe('detail')
    const hidden = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
    expect(hidden).toBe(false)
    await page.getByRole('button', { name: 'Back' }).click()
    await expect.poll(pane).toBe('list')
    await row('alpine-router').click()
    await row('alpine-router').waitFor({ state: 'detached' })
  })
})

describe('for a screen reader and the keyboard', () => {
  test.each(['Control+1', 'Control+2', 'Control+3', 'Control+4', 'Control+5'])(
    'the part of a machine’s page behind %s names everything and explains what is disabled',
    async (keys) => {
      await choose('win11-dev')
      await press(keys)
      await page.getByRole('tabpanel').waitFor()
      expect(await auditPage(page)).toEqual([])
    },
  )

  test('so do the table, the palette and the page of a machine that can’t be read', async () => {
    await choose('thesis-2021')
    expect(await auditPage(page)).toEqual([])
    await press('Control+k')
    await page.getByRole('listbox').waitFor()
    expect(await auditPage(page)).toEqual([])
    await press('Escape')
    await press('Control+Shift+L')
    await page.getByRole('grid').waitFor()
    expect(await auditPage(page)).toEqual([])
    await press('Control+Shift+L')
  })

  test.each(['Providers', 'Trash', 'Settings'])('so does the page %s', async (name) => {
    await page.getByRole('link', { name: new RegExp(`^${name}`) }).click()
    await page.getByRole('main').getByRole('heading', { name }).waitFor()
    expect(await auditPage(page)).toEqual([])
  })
})
