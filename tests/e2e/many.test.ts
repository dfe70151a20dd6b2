import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeHome, type OpenWeb, openWeb, picture, removeHome } from '../support/window.ts'

let home: string
let berth: OpenWeb
let page: Page

const row = (name: string): Locator => page.getByRole('row', { name: new RegExp(`^${name},`) }).first()
const bar = (): Locator => page.getByRole('toolbar', { name: 'Selected machines' })
const verb = (name: string): Locator => bar().getByRole('button', { name: new RegExp(`^${name}`) })
const question = (): Locator => page.getByRole('alertdialog')
const option = (): Locator => page.locator('[role="option"][aria-selected="true"]')

const find = (name: string): Promise<void> => page.getByRole('searchbox', { name: /^Filter/ }).fill(name)

beforeAll(async () => {
  home = await makeHome({ firstRunDone: true, locale: 'en' })
  berth = await openWeb({
    home,
    mock: true,
    env: { BERTH_MOCK_STILL: '1', BERTH_MOCK_MACHINES: '120', BERTH_MOCK_SPEED: '0.2' },
  })
  page = berth.page
  await page.locator('[role="row"][aria-level="2"]').first().waitFor()
})

afterAll(async () => {
  await berth?.close()
  await removeHome(home)
})

describe('what costs unsaved work', () => {
  test.each([
    ['Power off…', 'win11-dev', 'Power off win11-dev?'],
    ['Reset…', 'win11-dev', 'Reset win11-dev?'],
    ['Kill…', 'redis-cache', 'Kill redis-cache?'],
  ])('%s asks first, with the focus on Cancel', async (label, name, title) => {
    await find(name)
    await row(name).click({ button: 'right' })
    await page.getByRole('menuitem', { name: label }).click()
    await page.getByRole('alertdialog', { name: title }).waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Cancel')
    await page.keyboard.press('Enter')
    await question().waitFor({ state: 'detached' })
    await page.locator('.machine-header').filter({ hasText: 'Running' }).waitFor()
  })

  test('is last in the palette, and never its proposal, not even when it was used last', async () => {
    await find('win11-dev')
    await row('win11-dev').click()
    await page.keyboard.press('Control+k')
    await option().waitFor()
    expect(await option().textContent()).toContain('Open console')
    const labels = await page.getByRole('group', { name: 'win11-dev' }).getByRole('option').allTextContents()
    const at = (label: string): number => labels.findIndex((text) => text.startsWith(label))
    for (const harmless of ['Open console', 'Open terminal', 'Take snapshot']) {
      for (const harsh of ['Shut down', 'Power off…', 'Reset…']) expect(at(harmless)).toBeLessThan(at(harsh))
    }
    await page.keyboard.type('power off')
    await page.keyboard.press('Enter')
    await question().waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+k')
    await expect.poll(() => option().textContent()).toContain('Open console')
    await page.keyboard.press('Escape')
  })
})

describe('many machines at once', () => {
  test('are asked for before they are started, stopped or kept, and no verb moves', async () => {
    const filter = page.getByRole('searchbox', { name: /^Filter/ })
    await filter.fill('acme')
    await filter.press('ArrowDown')
    await page.keyboard.press('Control+a')
    await bar().waitFor()
    const places = async (): Promise<readonly string[]> =>
      bar()
        .getByRole('button')
        .evaluateAll((buttons) =>
          buttons.map((button) => {
            const { left, width } = button.getBoundingClientRect()
            return `${Math.round(left)} ${Math.round(width)}`
          }),
        )
    const before = await places()
    for (const name of ['Start', 'Stop', 'Snapshot']) {
      await verb(name).click()
      await question()
        .getByText(/^(Start|Stop|Take a snapshot of) \d+ machines\?$/)
        .waitFor()
      await page.keyboard.press('Escape')
      await question().waitFor({ state: 'detached' })
    }
    await verb('Stop').click()
    await question().getByRole('button', { name: 'Stop', exact: true }).click()
    const ladder = page.getByRole('dialog', { name: 'Shutting down' })
    await ladder.getByText(/^Asked \d+ (VMs to shut down|containers to stop|machines to stop)/).waitFor()
    expect((await places()).slice(0, 5)).toEqual(before.slice(0, 5))
    expect(await ladder.locator('.ladder-machine').count()).toBeLessThan(8)
    await picture(page, 'bulk-ladder')
    // Escape closes the ladder and nothing behind it.
    const selected = await page.locator('[role="row"][aria-selected="true"]').count()
    await page.keyboard.press('Escape')
    await ladder.waitFor({ state: 'detached' })
    expect(await page.locator('[role="row"][aria-selected="true"]').count()).toBe(selected)
    await bar().locator('.ladder-button').click()
    await ladder
      .getByRole('button', { name: /^(Kill|Power off) \d+ (VM|container)s?…$/ })
      .first()
      .click()
    await page.getByRole('alertdialog', { name: /^(Kill|Power off) .+\?$/ }).waitFor()
    await page.keyboard.press('Escape')
    await ladder
      .or(page.getByRole('button', { name: /^Requested/ }))
      .first()
      .waitFor()
  })

  test('are told apart by what is lost and what can be recovered before they are deleted', async () => {
    const filter = page.getByRole('searchbox', { name: /^Filter/ })
    await filter.fill('')
    for (const [index, name] of ['mailpit', 'registry', 'redis-cache', 'two', 'riscv-fedora-42'].entries()) {
      await filter.fill(name)
      await page
        .getByRole('row', { name: new RegExp(`^${name}`) })
        .first()
        .click({ modifiers: index === 0 ? [] : ['Control'] })
    }
    await filter.fill('')
    await verb('Delete').click()
    const delete5 = page.getByRole('alertdialog', { name: 'Delete 5 machines?' })
    await delete5.getByText(/^3 machines are deleted permanently: mailpit, registry, redis-cache$/).waitFor()
    await delete5.getByText(/^2 machines move to the trash: two.+, riscv-fedora-42$/).waitFor()
    await delete5.getByText('2 running machines will be stopped first: registry, redis-cache').waitFor()
    expect(await delete5.locator('.notice-warning').count()).toBe(1)
    await picture(page, 'bulk-delete')
    // What is typed is how many are lost.
    const yes = delete5.getByRole('button', { name: 'Delete 5 machines' })
    await delete5.getByRole('textbox').fill('5')
    expect(await yes.getAttribute('aria-disabled')).toBe('true')
    await delete5.getByRole('textbox').fill('3')
    expect(await yes.getAttribute('aria-disabled')).toBeNull()
    await page.keyboard.press('Escape')
    await delete5.waitFor({ state: 'detached' })
  })

  test('a verb that none permits stays at its place and says why', async () => {
    const filter = page.getByRole('searchbox', { name: /^Filter/ })
    await filter.fill('kali-lab')
    await row('kali-lab').click()
    await filter.fill('thesis-2021')
    await row('thesis-2021').click({ modifiers: ['Control'] })
    expect(await bar().getByRole('button').count()).toBe(6)
    await filter.fill('')
    await picture(page, 'bulk-bar')
  })
})
