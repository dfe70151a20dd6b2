import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeHome, type OpenWeb, openWeb, removeHome } from '../support/window.ts'
import { stillMachines } from './still-machines.ts'

let home: string
let berth: OpenWeb
let page: Page

const machine = (name: string): Locator => page.getByRole('row', { name: new RegExp(`^${name},`) })
const tree = (): Locator => page.getByRole('treegrid', { name: 'Snapshots' })
const snapshot = (name: string): Locator => tree().getByRole('row', { name: new RegExp(`^${name},`) })
const inspector = (): Locator => page.getByRole('complementary', { name: 'Selected snapshot' })
const undoBar = (): Locator => page.locator('.undo-bar')

async function openSnapshots(name: string): Promise<void> {
  await machine(name).click()
  await page.getByRole('tab', { name: /^Snapshots/ }).click()
  await tree().waitFor()
}

beforeAll(async () => {
  home = await makeHome({ firstRunDone: true, locale: 'en' })
  berth = await openWeb({ home, ...stillMachines })
  page = berth.page
  await machine('win11-dev').waitFor()
})

afterAll(async () => {
  await berth?.close()
  await removeHome(home)
})

describe('the snapshot tree', () => {
  test('says its branches, its order and where the machine stands', async () => {
    await openSnapshots('win11-dev')
    const signing = snapshot('signing works')
    expect(await signing.getAttribute('aria-level')).toBe('2')
    expect(await signing.getAttribute('aria-label')).toMatch(/, after Visual Studio 2026, 4\.6 GB, with memory$/)
    const now = tree().locator('[aria-current="true"]')
    expect(await now.getAttribute('aria-level')).toBe('1')
    expect(await now.textContent()).toContain('Current state')
    expect(await page.locator('.snapshot-rails').getAttribute('aria-hidden')).toBe('true')
  })

  test('is walked with arrows, its branches with left and right, and selects a range with Shift', async () => {
    await snapshot('Fresh install').click()
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => snapshot('clean, for sample 41').getAttribute('aria-selected')).toBe('true')
    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => snapshot('Fresh install').getAttribute('aria-selected')).toBe('true')
    await page.keyboard.press('Shift+ArrowDown')
    await inspector().getByRole('button', { name: 'Delete 2 snapshots…' }).waitFor()
  })

  test('dims what a search does not find and keeps its shape', async () => {
    const rows = await tree().getByRole('row').count()
    await page.getByRole('searchbox', { name: 'Find snapshots' }).fill('driver')
    await expect.poll(() => page.locator('.snapshot-line-dim').count()).toBeGreaterThan(3)
    expect(await tree().getByRole('row').count()).toBe(rows)
    await page.getByRole('searchbox', { name: 'Find snapshots' }).fill('')
  })

  test('draws a chain of 200 in one lane, only what is in view', async () => {
    await openSnapshots('실습용 우분투 서버')
    expect(Number(await tree().getAttribute('aria-rowcount'))).toBeGreaterThan(200)
    expect(await tree().getByRole('row').count()).toBeLessThan(60)
    expect(await tree().locator('[role="row"]:not([aria-level="1"])').count()).toBe(0)
  })

  test('says with both figures why nothing can be restored where there is no room, and leads to more', async () => {
    await openSnapshots('oracle-19c-training')
    await snapshot('course begins').click()
    const restore = inspector().getByRole('button', { name: 'Restore', exact: true })
    await expect.poll(() => restore.getAttribute('aria-disabled')).toBe('true')
    const both = /^Requires [\d.]+ GB; only [\d.]+ GB free\.$/
    await inspector().getByRole('paragraph').filter({ hasText: both }).waitFor()
    const undo = undoBar().getByRole('button', { name: 'Undo restore' })
    expect(await undo.getAttribute('aria-disabled')).toBe('true')
    expect(await undo.getAttribute('data-tip')).toMatch(both)
    await inspector().getByRole('button', { name: 'Free space in the trash…' }).click()
    await page.getByRole('heading', { name: 'Trash' }).waitFor()
    await page.getByRole('link', { name: /^All machines/ }).click()
  })

  test('says why there is none where a machine cannot have one', async () => {
    await openSnapshots('riscv-fedora-42')
    await page.locator('.snapshots-hint').waitFor()
    const take = page.locator('.empty-state').getByRole('button', { name: 'Take snapshot' })
    expect(await take.getAttribute('aria-disabled')).toBe('true')
  })
})

describe('a snapshot', () => {
  test('is taken by shortcut under a proposed name, with memory while the machine runs', async () => {
    await openSnapshots('win11-dev')
    await page.keyboard.press('Control+Shift+S')
    const form = page.getByRole('dialog', { name: 'Take snapshot' })
    expect(await form.getByRole('textbox', { name: 'Name' }).inputValue()).not.toBe('')
    expect(await form.getByRole('checkbox', { name: 'With memory' }).isChecked()).toBe(true)
    await form.getByRole('textbox', { name: 'Name' }).fill('as it was, ‘now’ --x')
    await page.keyboard.press('Enter')
    await snapshot('as it was, ‘now’ --x').waitFor()
  })

  test('is renamed and described where it is shown', async () => {
    await snapshot('as it was, ‘now’ --x').click()
    await inspector().getByRole('button', { name: 'as it was, ‘now’ --x' }).click()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('kept')
    await page.keyboard.press('Enter')
    await snapshot('kept').waitFor()
    await inspector().getByRole('button', { name: 'Add a description' }).click()
    await page.keyboard.type('before the change')
    await page.keyboard.press('Enter')
    await inspector().getByRole('button', { name: 'before the change' }).waitFor()
  })

  test('is restored after one question while the machine runs, and the restore undone and redone', async () => {
    await snapshot('Fresh install').click()
    await inspector().getByRole('button', { name: 'Restore', exact: true }).click()
    await page.getByRole('dialog', { name: 'Restore' }).getByRole('button', { name: 'Restore' }).click()
    await expect.poll(() => undoBar().textContent(), { timeout: 20_000 }).toContain('Restored Fresh install')
    await page.getByRole('tab', { name: 'Overview' }).click()
    await undoBar().getByRole('button', { name: 'Undo restore' }).click()
    await undoBar().getByRole('button', { name: 'Redo restore' }).waitFor({ timeout: 20_000 })
  })

  test('keeps its way back over a reload of the page', async () => {
    await page.reload()
    await machine('win11-dev').click()
    await undoBar().getByRole('button', { name: 'Redo restore' }).waitFor()
  })

  test('that is kept for undo is never deleted as a snapshot: the Delete key and the inspector ask about the copy', async () => {
    await page.getByRole('tab', { name: /^Snapshots/ }).click()
    const copy = tree()
      .getByRole('row', { name: /, for undo$/ })
      .last()
    await copy.click()
    await page.keyboard.press('Delete')
    const question = page.getByRole('alertdialog', { name: 'Discard the undo copy?' })
    await question.waitFor()
    await page.keyboard.press('Escape')
    await question.waitFor({ state: 'detached' })
    await inspector().getByRole('button', { name: 'Discard undo copy…' }).click()
    await question.waitFor()
    await page.keyboard.press('Escape')
    await copy.focus()
    await page.keyboard.press('Shift+Home')
    await page.keyboard.press('Delete')
    await page.locator('.tooltip').getByText('The selection includes an undo copy. Discard it first.').waitFor()
    expect(await page.getByRole('alertdialog').count()).toBe(0)
    await page.keyboard.press('Escape')
  })

  test('that is kept for undo is let go only after its size was said', async () => {
    await undoBar().getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Discard undo copy…' }).click()
    const question = page.getByRole('alertdialog', { name: 'Discard the undo copy?' })
    expect(await question.textContent()).toMatch(/can’t be undone/)
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Cancel')
    await question.getByRole('button', { name: /^Discard [\d.]/ }).click()
    await expect.poll(() => page.getByRole('button', { name: 'Redo restore' }).count()).toBe(0)
  })

  test('is deleted after it was said that what follows it stays', async () => {
    await openSnapshots('win11-dev')
    await snapshot('Windows updates, March').click()
    await page.keyboard.press('Delete')
    const question = page.getByRole('alertdialog')
    expect(await question.textContent()).toContain('The child snapshot isn’t deleted')
    await question.getByRole('button', { name: /^Delete 3\.1 GB$/ }).click()
    await expect.poll(() => snapshot('Windows updates, March').count(), { timeout: 20_000 }).toBe(0)
  })
})

describe('what goes wrong', () => {
  test('stands as a card where it belongs, with what was run one press away', async () => {
    await machine('win10-legacy-ie').click()
    await page.getByRole('tab', { name: 'Overview' }).click()
    await page.locator('.machine-verbs').getByRole('button', { name: 'Start' }).click()
    const card = page.getByRole('alert', { name: 'Couldn’t start win10-legacy-ie' })
    await card.waitFor({ timeout: 20_000 })
    expect(await page.locator('.machine-page .button-primary').count()).toBe(1)
    await card.getByRole('button', { name: /^Output from/ }).click()
    await expect.poll(() => card.locator('pre').textContent()).toMatch(/exit code/)
    await card.getByRole('button', { name: 'Close' }).click()
    await expect.poll(() => card.count()).toBe(0)
    await page.getByRole('tab', { name: 'Activity' }).click()
    await page.getByRole('button', { name: /Couldn’t start win10-legacy-ie/ }).waitFor()
  })
})

describe('a machine that does not stop', () => {
  let ownHome = ''
  let patient: OpenWeb

  beforeAll(async () => {
    ownHome = await makeHome({ firstRunDone: true, locale: 'en' })
    // The tool kills a container in the end: there must be time for a person before.
    patient = await openWeb({ home: ownHome, mock: true, env: { BERTH_MOCK_STILL: '1', BERTH_MOCK_SPEED: '0.2' } })
  })
  afterAll(async () => {
    await patient?.close()
    await removeHome(ownHome)
  })

  test('is never powered off by Berth itself: the ladder waits for a person', async () => {
    const { page } = patient
    await page.getByRole('row', { name: /^postgres-16,/ }).click()
    await page.locator('.machine-verbs').getByRole('button', { name: 'Stop', exact: true }).click()
    await expect
      .poll(() => page.locator('.machine-state').textContent(), { timeout: 30_000 })
      .toMatch(/^Stopped|^Stopping/)
    await page.getByRole('row', { name: /^ci-runner-1,/ }).click()
    await page.locator('.machine-verbs').getByRole('button', { name: 'Stop', exact: true }).click()
    const ladder = page.getByRole('dialog', { name: 'Stopping' })
    await ladder.getByText('Asked ci-runner-1 to stop').waitFor()
    await ladder.getByRole('button', { name: 'Stop waiting' }).click()
    await expect.poll(() => page.locator('.machine-state').textContent(), { timeout: 20_000 }).toContain('Running')
  })
})
