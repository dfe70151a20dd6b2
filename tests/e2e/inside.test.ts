import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeHome, type OpenWeb, openWeb, picture, removeHome } from '../support/window.ts'
import { type Person, personAt } from './person.ts'

let home: string
let berth: OpenWeb
let person: Person

beforeAll(async () => {
  home = await makeHome({ firstRunDone: true, locale: 'en' })
  berth = await openWeb({ home, mock: true, env: { BERTH_MOCK_STILL: '1' } })
  person = personAt(berth.page)
  await person.row('win11-dev').waitFor()
})

afterEach(async () => {
  await berth.page.keyboard.press('Escape')
  await expect.poll(() => berth.page.getByRole('dialog').count()).toBe(0)
})

afterAll(async () => {
  await berth?.close()
  await removeHome(home)
})

describe('running a command in a machine', () => {
  test('shows what it said, and how it ended', async () => {
    const dialog = await person.chooseFromMenu('win11-dev', 'Run command…')
    await dialog.getByRole('textbox', { name: 'Program and arguments' }).fill(`echo "two words" 'its'`)
    await berth.page.keyboard.press('Enter')
    await expect.poll(() => dialog.textContent()).toContain('two words its')
    expect(await dialog.textContent()).toContain('Exit code 0')
    await picture(berth.page, 'run-command')
  })

  test('keeps the machine’s other verbs waiting, and an open menu says when they are free again', async () => {
    const dialog = await person.chooseFromMenu('win11-dev', 'Run command…')
    await dialog.getByRole('textbox', { name: 'Program and arguments' }).fill('ls')
    await berth.page.keyboard.press('Enter')
    await berth.page.keyboard.press('Escape')
    await person.row('win11-dev').click({ button: 'right' })
    const clone = berth.page.getByRole('menuitem', { name: 'Clone…' })
    await expect.poll(() => clone.getAttribute('aria-disabled')).not.toBe('true')
    await berth.page.keyboard.press('Escape')
  })

  test('says what is wrong with the line, and with the program', async () => {
    const dialog = await person.chooseFromMenu('win11-dev', 'Run command…')
    const line = dialog.getByRole('textbox', { name: 'Program and arguments' })
    await line.fill('echo "open')
    await line.blur()
    await expect.poll(() => dialog.textContent()).toContain('A quotation mark is not closed.')
    await line.fill('nothing')
    await berth.page.keyboard.press('Enter')
    await expect.poll(() => dialog.textContent()).toContain('The guest couldn’t start this program.')
    expect(await dialog.textContent()).toContain('Enter the full path')
  })
})

describe('copying files', () => {
  test('keeps the dialog with the sentence when something has the name, and what was written in it', async () => {
    const path = join(home, 'report.txt')
    await writeFile(path, 'x')
    const dialog = await person.chooseFromMenu('win11-dev', 'Copy files…')
    await dialog.getByRole('radio', { name: 'Out of the machine' }).click()
    const there = dialog.getByRole('textbox', { name: 'File in the machine' })
    const here = dialog.getByRole('textbox', { name: 'Folder on this computer' })
    await there.fill('home')
    await there.blur()
    await expect.poll(() => dialog.textContent()).toContain('Enter the full path')
    await there.fill('/etc/report.txt')
    await here.fill(home)
    await dialog.getByRole('button', { name: 'Copy', exact: true }).click()
    await expect.poll(() => dialog.textContent()).toContain('report.txt')
    expect(await there.inputValue()).toBe('/etc/report.txt')
    await rm(path)
  })
})
