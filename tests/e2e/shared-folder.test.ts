import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeHome, type OpenWeb, openWeb, picture, removeHome } from '../support/window.ts'
import { type Person, personAt } from './person.ts'

const patience = { timeout: 60_000 }

describe('a person who shares a folder with the Linux that comes with Berth', () => {
  let home = ''
  let folder = ''
  let berth: OpenWeb
  let page: Page
  let person: Person
  const form = (): Locator => page.getByRole('dialog', { name: 'New machine' })

  beforeAll(async () => {
    home = await makeHome({ firstRunDone: true, locale: 'en', theme: 'light' })
    folder = join(home, '공유 papers')
    await mkdir(folder)
    await writeFile(join(folder, 'note.txt'), 'from-outside\n')
    berth = await openWeb({ home })
    page = berth.page
    person = personAt(page)
  })
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await picture(page, `shared-failed-${task.name.slice(0, 20)}`)
  })
  afterAll(async () => {
    await berth?.close()
    await removeHome(home)
  })

  async function chooseFolder(within: Locator): Promise<void> {
    await within.getByRole('group', { name: 'Shared folder' }).getByRole('button').first().click()
    const browser = page.getByRole('dialog', { name: 'Choose a folder' })
    await browser.getByRole('textbox', { name: 'Folder' }).fill(folder)
    await page.keyboard.press('Enter')
    await browser.getByRole('button', { name: 'Choose', exact: true }).click()
    await browser.waitFor({ state: 'detached' })
  }

  test('chooses it in the form, where the guest may only read it, and finds it in the guest', async () => {
    await page.keyboard.press('Control+n')
    await form().waitFor()
    await form()
      .getByRole('radio', { name: /^Built-in/ })
      .click({ force: true })
    await form().getByRole('group', { name: 'Shared folder' }).waitFor()
    await form().getByRole('textbox', { name: 'Name' }).fill('shared')
    await chooseFolder(form())
    expect(
      await form()
        .getByRole('checkbox', { name: /^Read-only/ })
        .isChecked(),
    ).toBe(true)
    await picture(page, 'shared-folder-create')
    await page.keyboard.press('Control+Enter')
    await form().waitFor({ state: 'detached' })
    await person.row('shared').waitFor(patience)
    await person.choose('shared', /Running/)
    await person.openTerminal('shared')
    await person.ask('cat /mnt/host/note.txt', /from-outside/)
    await person.ask('echo x > /mnt/host/new', /Read-only file system/)
  })

  test('lets the guest write while it runs, by the settings of the machine', async () => {
    await page.getByRole('tab', { name: 'Settings' }).click()
    const readOnly = page.getByRole('checkbox', { name: /^Read-only/ })
    await readOnly.waitFor(patience)
    await picture(page, 'shared-folder-settings')
    await readOnly.click({ force: true })
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('No changes').first().waitFor(patience)
    await person.openTerminal('shared')
    await person.ask('echo wri""tten > /mnt/host/새.txt; cat /mnt/host/새.txt', /written/)
    expect(await readFile(join(folder, '새.txt'), 'utf8')).toBe('written\n')
  })
})
