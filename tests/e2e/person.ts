import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'

/** What a person does in Berth's window, in the words that they read there. */
export interface Person {
  readonly page: Page
  row(name: string): Locator
  /** Chooses a machine and waits until its page says this state. */
  choose(name: string, state: RegExp): Promise<void>
  /** Opens the chosen machine's terminal and gives it the keyboard. */
  openTerminal(name: string): Promise<void>
  /** Types a line and waits for an answer that was not there before. */
  ask(line: string, answer: RegExp): Promise<void>
  /** Chooses from a machine's menu and gives the dialog that opens. */
  chooseFromMenu(name: string, label: string): Promise<Locator>
  takeSnapshot(name: string): Promise<void>
  /** `asks`: whether Berth asks first, as it does where something runs. */
  restore(name: string, asks?: boolean): Promise<void>
  undoRestore(): Promise<void>
}

/** A tool may take its time on a busy machine; each wait ends as soon as it is done. */
const patience = { timeout: 20_000 }

export function personAt(page: Page): Person {
  const row = (name: string): Locator => page.getByRole('row', { name: new RegExp(`^${name},`) })
  const said = async (): Promise<string> => (await page.locator('.xterm-rows').last().textContent()) ?? ''
  const snapshot = (name: string): Locator =>
    page.getByRole('treegrid', { name: 'Snapshots' }).getByRole('row', { name: new RegExp(`^${name},`) })

  return {
    page,
    row,
    async choose(name, state) {
      await row(name).click()
      await expect.poll(() => page.locator('.machine-header').textContent(), patience).toMatch(state)
    },
    async openTerminal(name) {
      await row(name).click()
      await page.keyboard.press('Control+t')
      await page
        .getByRole('region', { name: new RegExp(name) })
        .locator('.xterm-rows')
        .waitFor(patience)
    },
    async ask(line, answer) {
      await page.locator('.xterm').last().click()
      const count = async (): Promise<number> => [...(await said()).matchAll(new RegExp(answer, 'g'))].length
      const before = await count()
      await page.keyboard.type(line)
      await page.keyboard.press('Enter')
      await expect.poll(count, { ...patience, message: `${line} → ${answer}` }).toBeGreaterThan(before)
    },
    async chooseFromMenu(name, label) {
      await row(name).click({ button: 'right' })
      await page.getByRole('menuitem', { name: label }).click(patience)
      const dialog = page.getByRole('dialog')
      await dialog.waitFor()
      return dialog
    },
    async takeSnapshot(name) {
      await page.keyboard.press('Control+Shift+S')
      const form = page.getByRole('dialog', { name: 'Take snapshot' })
      await form.getByRole('textbox', { name: 'Name' }).fill(name)
      await page.keyboard.press('Enter')
      await page.getByRole('tab', { name: /^Snapshots/ }).click()
      await snapshot(name).waitFor(patience)
    },
    async restore(name, asks = true) {
      await page.getByRole('tab', { name: /^Snapshots/ }).click()
      await snapshot(name).click()
      const inspector = page.getByRole('complementary', { name: 'Selected snapshot' })
      await inspector.getByRole('button', { name: 'Restore', exact: true }).click()
      if (asks) await page.getByRole('dialog', { name: 'Restore' }).getByRole('button', { name: 'Restore' }).click()
      await expect.poll(() => page.locator('.undo-bar').textContent(), patience).toContain(`Restored ${name}`)
    },
    async undoRestore() {
      await page.locator('.undo-bar').getByRole('button', { name: 'Undo restore' }).click()
      await page.locator('.undo-bar').getByRole('button', { name: 'Redo restore' }).waitFor(patience)
    },
  }
}
