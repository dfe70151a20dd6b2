import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { picture } from '../support/window.ts'
import { linuxPerson, patience } from './linux-person.ts'

describe('a person who shares a folder with the Linux that comes with Berth', () => {
  let folder = ''
  const person = linuxPerson('shared', async (home) => {
    folder = join(home, '공유 papers')
    await mkdir(folder)
    await writeFile(join(folder, 'note.txt'), 'from-outside\n')
  })

  async function chooseFolder(page: Page, within: Locator): Promise<void> {
    await within.getByRole('group', { name: 'Shared folder' }).getByRole('button').first().click()
    const browser = page.getByRole('dialog', { name: 'Choose a folder' })
    const choose = browser.getByRole('button', { name: 'Choose', exact: true })
    await expect.poll(() => choose.getAttribute('aria-disabled')).not.toBe('true')
    await browser.getByRole('textbox', { name: 'Folder' }).fill(folder)
    // Another folder is still shown: it must not be taken for the typed one.
    expect(await choose.getAttribute('aria-disabled')).toBe('true')
    await page.keyboard.press('Enter')
    await expect.poll(() => choose.getAttribute('aria-disabled')).not.toBe('true')
    await choose.click()
    await browser.waitFor({ state: 'detached' })
  }

  test('chooses it in the form, where the guest may only read it, and finds it in the guest', async () => {
    const { page, makeLinux, openTerminal, ask } = person()
    await makeLinux('shared', async (form) => {
      await form.getByRole('group', { name: 'Shared folder' }).waitFor()
      await chooseFolder(page, form)
      expect(await form.getByRole('checkbox', { name: /^Read-only/ }).isChecked()).toBe(true)
      await picture(page, 'shared-folder-create')
    })
    await openTerminal('shared')
    await ask('cat /mnt/host/note.txt', /from-outside/)
    await ask('echo x > /mnt/host/new', /Read-only file system/)
  })

  test('lets the guest write while it runs, by the settings of the machine', async () => {
    const { page, openSettings, saveSettings, openTerminal, ask } = person()
    await openSettings()
    const readOnly = page.getByRole('checkbox', { name: /^Read-only/ })
    await readOnly.waitFor(patience)
    await picture(page, 'shared-folder-settings')
    await readOnly.click({ force: true })
    await saveSettings()
    await openTerminal('shared')
    await ask('echo wri""tten > /mnt/host/새.txt; cat /mnt/host/새.txt', /written/)
    expect(await readFile(join(folder, '새.txt'), 'utf8')).toBe('written\n')
  })
})
