import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeHome, type OpenWeb, openWeb, removeHome } from '../support/window.ts'

let home: string
let berth: OpenWeb
let page: Page

const row = (name: string) => page.getByRole('row', { name: new RegExp(`^${name},`) })
const focused = () =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.tagName)

beforeAll(async () => {
  home = await makeHome({ firstRunDone: true, locale: 'en' })
  berth = await openWeb({ home, mock: true })
  page = berth.page
  await row('alpine-router').waitFor()
})

afterAll(async () => {
  await berth?.close()
  await removeHome(home)
})

describe('the list by keyboard', () => {
  test('is a tree grid whose rows say name, state, system and provider', async () => {
    const grid = page.getByRole('treegrid', { name: 'All machines' })
    expect(await grid.getAttribute('aria-multiselectable')).toBe('true')
    expect(Number(await grid.getAttribute('aria-rowcount'))).toBeGreaterThan(30)
    expect(await row('win11-dev').getAttribute('aria-label')).toBe('win11-dev, Running, Windows 11, QEMU')
    expect(await row('win11-dev').getAttribute('aria-level')).toBe('2')
    expect(await page.getByRole('row', { name: /^QEMU, 20 machines$/ }).getAttribute('aria-expanded')).toBe('true')
  })

  test('has one tab stop', async () => {
    expect(await page.locator('[role="treegrid"] [role="row"][tabindex="0"]').count()).toBe(1)
  })

  test('arrows move the selection, and the focus with it', async () => {
    await row('alpine-router').click()
    await page.keyboard.press('ArrowDown')
    await expect.poll(focused).toContain('arm64-kernel-test')
    expect(await row('arm64-kernel-test').getAttribute('aria-selected')).toBe('true')
    expect(await row('alpine-router').getAttribute('aria-selected')).toBe('false')
  })

  test('Shift extends, Escape goes back to one', async () => {
    await row('alpine-router').click()
    await page.keyboard.press('Shift+ArrowDown')
    await page.keyboard.press('Shift+ArrowDown')
    await expect.poll(() => page.locator('[role="row"][aria-selected="true"]').count()).toBe(3)
    expect(await page.getByRole('toolbar', { name: 'Selected machines' }).isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('[role="row"][aria-selected="true"]').count()).toBe(1)
  })

  test('letters jump to a name, Hangul letter by letter too', async () => {
    await row('alpine-router').click()
    await page.keyboard.type('win1')
    await expect.poll(focused).toContain('win10-legacy-ie')
    await page.waitForFunction((start) => performance.now() - start > 600, await page.evaluate(() => performance.now()))
    // As a Korean layout gives them outside a text field: no driver can press these keys.
    await page.evaluate(() => {
      for (const key of 'ㅅㅣㄹ')
        document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
    })
    await expect.poll(focused).toContain('실습용 우분투 서버')
  })

  test('arrows fold and unfold a group; its machines go and come back', async () => {
    await row('alpine-router').click()
    await page.keyboard.press('ArrowLeft')
    await expect.poll(focused).toBe('QEMU, 20 machines')
    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => row('alpine-router').count()).toBe(0)
    await page.keyboard.press('ArrowRight')
    await row('alpine-router').waitFor()
    await expect.poll(focused).toBe('QEMU, 20 machines')
  })

  test('the row with the focus stays when the list is scrolled far away', async () => {
    await row('alpine-router').click()
    await page.keyboard.press('End')
    await expect.poll(focused).not.toContain('alpine-router')
    await page.keyboard.press('Home')
    await expect.poll(focused).toContain('QEMU')
  })

  test('the selected row stays in view when the terminals open below the list', async () => {
    await page.keyboard.press('Control+f')
    await page.keyboard.press('Escape')
    const list = page.locator('.list-body')
    const { y = 0, height = 0 } = (await list.boundingBox()) ?? {}
    // By its key: what a row says of its machine changes.
    const keys = await list
      .locator('[role="row"][aria-level="2"]')
      .evaluateAll(
        (rows, end) =>
          rows
            .filter((one) => one.getBoundingClientRect().bottom <= end)
            .map((one) => one.getAttribute('data-row') ?? ''),
        y + height,
      )
    const last = list.locator(`[data-row="${keys.at(-1)}"]`)
    await last.click()
    await page.keyboard.press('Control+Backquote')
    await page.locator('.plane-dock').waitFor()
    const isInView = async (): Promise<boolean> => {
      const [around, inside] = [await list.boundingBox(), await last.boundingBox()]
      if (around === null || inside === null) return false
      return inside.y >= around.y && inside.y + inside.height <= around.y + around.height + 1
    }
    await expect.poll(isInView).toBe(true)
    expect(await list.evaluate((element) => element.scrollTop)).toBeGreaterThan(0)
    await page.keyboard.press('Control+Backquote')
    await page.locator('.plane-dock').waitFor({ state: 'detached' })
  })
})

describe('finding by keyboard', () => {
  test('Ctrl+F filters as one types, arrow down goes to the rows, Escape clears', async () => {
    await page.keyboard.press('Control+f')
    await page.keyboard.type('postgres')
    await expect.poll(() => page.locator('[role="row"][aria-level="2"]').count()).toBe(1)
    await page.keyboard.press('ArrowDown')
    await expect.poll(focused).toContain('postgres')
    expect(await row('postgres-16').getAttribute('aria-selected')).toBe('true')
    await page.keyboard.press('Control+f')
    await page.keyboard.press('Escape')
    await row('alpine-router').waitFor()
  })

  test('Enter opens the first machine found, even before the rows have followed', async () => {
    await page.keyboard.press('Control+f')
    await page.keyboard.type('redis')
    await page.keyboard.press('Enter')
    await page.locator('.machine-name').filter({ hasText: 'redis-cache' }).waitFor()
    await expect.poll(focused).toContain('redis-cache')
    await page.keyboard.press('Control+f')
    await page.keyboard.press('Escape')
  })

  test('nothing found offers the nearest name', async () => {
    await page.keyboard.press('Control+f')
    await page.keyboard.type('wim11')
    await page.getByRole('button', { name: 'Did you mean win11-dev?' }).click()
    await row('win11-dev').waitFor()
    await page.getByRole('button', { name: 'Clear filter' }).click()
  })

  test('Ctrl+K finds a verb of the selection, and Escape gives the keyboard back to its row', async () => {
    await row('alpine-router').click()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Search commands and machines' }).waitFor()
    await page.keyboard.type('sna')
    await expect
      .poll(() => page.locator('[role="option"][aria-selected="true"]').textContent())
      .toContain('Take snapshot')
    await page.keyboard.press('Escape')
    await expect.poll(focused).toContain('alpine-router')
  })

  test('F6 goes round the panes', async () => {
    await row('alpine-router').click()
    const pane = () => page.evaluate(() => document.activeElement?.closest('[data-pane]')?.getAttribute('data-pane'))
    const seen: unknown[] = []
    for (let step = 0; step < 4; step += 1) {
      await page.keyboard.press('F6')
      seen.push(await pane())
    }
    expect(seen).toEqual(['detail', 'strip', 'sidebar', 'list'])
  })
})

describe('what cannot be done', () => {
  test('stays in the menu with its reason, reachable and not chosen', async () => {
    await row('thesis-2021').click({ button: 'right' })
    const item = page.getByRole('menuitem', { name: /Take snapshot/ })
    expect(await item.getAttribute('aria-disabled')).toBe('true')
    const reason = await item.getAttribute('aria-describedby')
    expect(await page.locator(`[id="${reason}"]`).textContent()).toContain('Berth can’t read')
    await item.click({ force: true })
    expect(await item.isVisible()).toBe(true)
    await page.keyboard.press('Escape')
  })
})

describe('the table', () => {
  const header = (name: string) => page.locator('.machine-name').filter({ hasText: name })
  const line = (name: string) => page.locator('.table-row').filter({ hasText: name })
  const back = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Back' }).click()
    await page.getByRole('grid', { name: 'All machines' }).waitFor()
  }

  test('comes by the menu that arranges the list, though a machine’s page was open beside it', async () => {
    await row('alpine-router').click()
    await page.getByRole('button', { name: 'Group and sort' }).click()
    await page.getByRole('menuitemcheckbox', { name: /^Table/ }).click()
    await page.getByRole('grid', { name: 'All machines' }).waitFor()
    await page.keyboard.press('Control+Shift+L')
    await page.getByRole('treegrid', { name: 'All machines' }).waitFor()
  })

  test('takes the keyboard: arrows move and Ctrl+A selects', async () => {
    await row('alpine-router').click()
    await page.keyboard.press('Control+Shift+L')
    await page.getByRole('grid', { name: 'All machines' }).waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('row')
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => page.locator('[role="row"][aria-selected="true"]').count()).toBe(1)
    await page.keyboard.press('Control+a')
    await expect.poll(() => page.locator('[role="row"][aria-selected="true"]').count()).toBeGreaterThan(20)
    await page.keyboard.press('Escape')
  })

  test('comes and goes by Ctrl+Shift+L while the filter has the keyboard, which the filter keeps', async () => {
    await page.keyboard.press('Control+f')
    await page.keyboard.type('post')
    await page.keyboard.press('Control+Shift+L')
    await page.getByRole('treegrid', { name: 'All machines' }).waitFor()
    await page.keyboard.press('Control+Shift+L')
    await page.getByRole('grid', { name: 'All machines' }).waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.localName)).toBe('input')
    await page.keyboard.type('gres')
    await expect.poll(() => page.getByRole('searchbox').inputValue()).toBe('postgres')
    await expect.poll(() => page.locator('.table-row').count()).toBe(1)
    await page.keyboard.press('Escape')
    await line('kali-lab').waitFor()
  })

  test('sorts by its heads, figures from the largest', async () => {
    const name = page.getByRole('columnheader', { name: 'Name' })
    expect(await name.getAttribute('aria-sort')).toBe('ascending')
    await name.getByRole('button').click()
    await expect.poll(() => name.getAttribute('aria-sort')).toBe('descending')
    const cpu = page.getByRole('columnheader', { name: 'CPU' })
    await cpu.getByRole('button').click()
    await expect.poll(() => cpu.getAttribute('aria-sort')).toBe('descending')
    await name.getByRole('button').click()
  })

  test('opens a machine by double click and by Enter, and comes back', async () => {
    await line('kali-lab').dblclick()
    await header('kali-lab').waitFor()
    await back()
    await line('kali-lab').click()
    await expect.poll(() => header('kali-lab').count()).toBe(0)
    await page.keyboard.press('Enter')
    await header('kali-lab').waitFor()
    await back()
  })

  test.each(['Open console', 'Settings', 'Take snapshot'])('shows what its menu opens: %s', async (label) => {
    await line('postgres-16').click({ button: 'right' })
    await page
      .getByRole('menuitem', { name: new RegExp(`^${label}`) })
      .first()
      .click()
    await header('postgres-16').waitFor()
    if (label === 'Take snapshot') {
      await page.getByRole('dialog', { name: 'Take snapshot' }).waitFor()
      await page.keyboard.press('Escape')
    }
    await back()
  })

  test('is reached by its shortcut from a machine’s page in its place and from another page, and has the keyboard', async () => {
    const table = page.getByRole('grid', { name: 'All machines' })
    const list = page.getByRole('treegrid', { name: 'All machines' })
    const hasKeyboard = (): Promise<void> =>
      expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('row')
    await line('kali-lab').dblclick()
    await header('kali-lab').waitFor()
    await page.keyboard.press('Control+Shift+L')
    await list.waitFor()
    await hasKeyboard()
    for (const before of ['list', 'table']) {
      await page.locator('.plane-sidebar').getByText('Trash', { exact: true }).click()
      await page.getByRole('main').getByRole('heading', { name: 'Trash', level: 1 }).waitFor()
      await page.keyboard.press('Control+Shift+L')
      await table.waitFor()
      await hasKeyboard()
      expect(await list.count(), before).toBe(0)
    }
  })

  test('shows a machine that the palette goes to', async () => {
    await page.keyboard.press('Control+k')
    await page.keyboard.type('redis-cache')
    await page.keyboard.press('Enter')
    await header('redis-cache').waitFor()
    await back()
    await page.keyboard.press('Control+Shift+L')
    await page.getByRole('treegrid', { name: 'All machines' }).waitFor()
  })
})

describe('a page', () => {
  test.each(['Settings', 'Providers', 'Trash'])('%s is left by Escape and by its Back button', async (name) => {
    const open = () =>
      page
        .getByRole('complementary')
        .or(page.locator('.plane-sidebar'))
        .first()
        .getByText(name, { exact: true })
        .click()
    await open()
    await page.getByRole('main').getByRole('heading', { name, level: 1 }).waitFor()
    await page.keyboard.press('Escape')
    await row('redis-cache').waitFor()
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.closest('[data-pane]')?.getAttribute('data-pane')))
      .toBe('list')
    await open()
    await page.getByRole('main').getByRole('button', { name: 'Back' }).click()
    await row('redis-cache').waitFor()
  })
})
