import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { makeHome, type OpenWeb, openWeb, picture, removeHome } from '../support/window.ts'
import { type Person, personAt } from './person.ts'

/** A Linux starts in seconds, on a busy machine in many. */
export const patience = { timeout: 60_000 }

/** A person who has the Linux that comes with Berth, in a browser. */
export interface LinuxPerson extends Person {
  /** Makes one and chooses it once it runs; `fill` fills in what else the form asks for. */
  makeLinux(name: string, fill?: (form: Locator) => Promise<void>): Promise<void>
  openSettings(): Promise<void>
  saveSettings(): Promise<void>
}

/** Opens Berth for the tests of one `describe`, and keeps a picture of what a failed one saw. */
export function linuxPerson(
  pictures: string,
  prepare: (home: string) => Promise<void> = async () => {},
): () => LinuxPerson {
  let home = ''
  let berth: OpenWeb
  let person: LinuxPerson
  beforeAll(async () => {
    home = await makeHome({ firstRunDone: true, locale: 'en', theme: 'light' })
    await prepare(home)
    berth = await openWeb({ home })
    person = linuxPersonAt(berth.page)
  })
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await picture(berth.page, `${pictures}-failed-${task.name.slice(0, 20)}`)
  })
  afterAll(async () => {
    await berth?.close()
    await removeHome(home)
  })
  return () => person
}

function linuxPersonAt(page: Page): LinuxPerson {
  const person = personAt(page)
  return {
    ...person,
    async makeLinux(name, fill) {
      await page.keyboard.press('Control+n')
      const form = page.getByRole('dialog', { name: 'New machine' })
      await form.waitFor()
      await form.getByRole('radio', { name: /^Built-in/ }).click({ force: true })
      await form.getByRole('textbox', { name: 'Name' }).fill(name)
      await fill?.(form)
      await page.keyboard.press('Control+Enter')
      await form.waitFor({ state: 'detached' })
      await person.row(name).waitFor(patience)
      await person.choose(name, /Running/)
    },
    openSettings: () => page.getByRole('tab', { name: 'Settings' }).click(),
    async saveSettings() {
      await page.getByRole('button', { name: 'Save', exact: true }).click()
      await page.getByText('No changes').first().waitFor(patience)
    },
  }
}
