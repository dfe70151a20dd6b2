import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { holdFiles } from '../support/drop.ts'
import { qcow2Header } from '../support/images.ts'
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

let files: string
const file = (name: string): string => join(files, name)

beforeAll(async () => {
  files = await mkdtemp(join(tmpdir(), 'berth-drop-'))
  for (const name of ['debian-13.iso', 'exported.ova', 'notes.txt', 'cloud.img.xz']) await writeFile(file(name), 'x')
  await writeFile(file('disk.qcow2'), qcow2Header({}))
  await mkdir(file('folder'))
})
afterAll(() => rm(files, { recursive: true, force: true }))

const rowOf = (page: Page, name: string): Locator => page.getByRole('row', { name: new RegExp(`^${name},`) }).first()
const hint = (page: Page): Promise<string | undefined> => page.evaluate(() => document.body.dataset['dropping'])
const focused = (page: Page): Promise<string | null | undefined> =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label'))

describe('a file dropped on Berth’s window', () => {
  let home: string
  let berth: OpenElectron
  let page: Page
  const sidebar = (): Locator => page.locator('.plane-sidebar')
  const dialog = (): Locator => page.getByRole('dialog')
  const find = (name: string): Promise<void> => page.getByRole('searchbox', { name: /^Filter/ }).fill(name)
  const drop = async (at: Locator, ...names: readonly string[]): Promise<void> => {
    await (await holdFiles(page, names.map(file))).drop(at)
  }

  beforeAll(async () => {
    home = await makeHome({ firstRunDone: true, locale: 'en', theme: 'light' })
    berth = await openElectron({ home, ...stillMachines })
    page = berth.page
    await rowOf(page, 'alpine-router').waitFor()
  })
  afterEach(async () => {
    await page.keyboard.press('Escape')
    await expect.poll(() => dialog().count()).toBe(0)
  })
  afterAll(async () => {
    await berth?.close()
    await removeHome(home)
  })

  test('is announced while it is held, and no longer once the drag leaves or Escape ends it', async () => {
    await rowOf(page, 'alpine-router').click()
    await find('redis')
    const held = await holdFiles(page, [file('notes.txt')])
    await held.over(sidebar())
    await expect.poll(() => hint(page)).toBe('Drop to create a machine from this file')
    await held.over(rowOf(page, 'redis-cache'))
    await expect.poll(() => hint(page)).toBe('Drop to copy into redis-cache')
    await expect.poll(() => page.locator('.drop-target').getAttribute('aria-label')).toContain('redis-cache')
    await picture(page, 'drop-row')
    await held.over(page.locator('.machine-page'))
    await expect.poll(() => hint(page)).toContain('alpine-router')
    await held.cancel()
    await expect.poll(() => hint(page)).toBeUndefined()
    expect(await page.locator('.drop-target').count()).toBe(0)
    expect(await focused(page)).toContain('Filter')
    await find('')
  })

  test.each([
    ['debian-13.iso', 'debian-13'],
    ['disk.qcow2', 'disk'],
  ])('begins a machine with %s, and gives the keyboard back when the form is closed', async (name, proposed) => {
    await rowOf(page, 'alpine-router').click()
    await drop(sidebar(), name)
    await dialog().locator('.source-row:has(input:checked)').filter({ hasText: name }).waitFor()
    await expect.poll(() => dialog().getByRole('textbox', { name: 'Name' }).inputValue()).toBe(proposed)
    expect(await hint(page)).toBeUndefined()
    expect(await page.evaluate(() => document.activeElement?.closest('[role="dialog"]') !== null)).toBe(true)
    await page.keyboard.press('Escape')
    await expect.poll(() => focused(page)).toContain('alpine-router')
  })

  test.each([
    [['notes.txt'], 'Berth can’t use notes.txt.'],
    [['folder'], 'Berth can’t use folder.'],
    [['cloud.img.xz'], 'Unpack cloud.img.xz, then drop the file inside.'],
    [['exported.ova'], 'No tool on this computer imports exported.ova.'],
    [['debian-13.iso', 'disk.qcow2'], 'Drop one file at a time.'],
  ])('says why %j begins none', async (names, reason) => {
    await rowOf(page, 'alpine-router').click()
    await drop(sidebar(), ...names)
    await page.locator('.tooltip').filter({ hasText: reason }).waitFor()
    expect(await dialog().count()).toBe(0)
    expect(await focused(page)).toContain('alpine-router')
  })

  test('is copied into the running container that it is dropped on', async () => {
    await find('redis')
    await drop(rowOf(page, 'redis-cache'), 'notes.txt')
    await expect.poll(() => dialog().getByRole('textbox').first().inputValue()).toBe(file('notes.txt'))
    await dialog().locator('.dialog-footer .button-primary').click()
    await dialog().waitFor({ state: 'detached' })
    await find('')
    await page.locator('.strip-tasks').filter({ hasText: 'redis-cache' }).waitFor()
  })

  test('is refused at the row of a machine that takes none now', async () => {
    await drop(rowOf(page, 'kali-lab'), 'notes.txt')
    await page.locator('.tooltip').filter({ hasText: 'kali-lab' }).waitFor()
    expect(await dialog().count()).toBe(0)
  })

  test('closes no dialog that somebody types in, and gives its path to a field that takes one', async () => {
    await rowOf(page, 'alpine-router').click()
    await page.keyboard.press('F2')
    await dialog().getByRole('textbox').fill('half a name')
    await drop(dialog(), 'debian-13.iso')
    await page.locator('.tooltip').filter({ hasText: 'Close this dialog' }).waitFor()
    expect(await dialog().getByRole('textbox').inputValue()).toBe('half a name')
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })

    await rowOf(page, 'win10-legacy-ie').click({ button: 'right' })
    await page.getByRole('menuitem', { name: 'Find the disk…' }).click()
    await drop(dialog(), 'disk.qcow2')
    await expect.poll(() => dialog().getByRole('textbox').inputValue()).toBe(file('disk.qcow2'))
  })

  test('is refused by a console’s own window, which stays what it is', async () => {
    await rowOf(page, 'alpine-router').click()
    await page.keyboard.press('Control+2')
    const own = await openOwnWindow(page, berth.app.waitForEvent('window'))
    await own.locator('.display').waitFor()
    await (await holdFiles(own, [file('notes.txt')])).drop(own.locator('.display'))
    await own.locator('.tooltip').filter({ hasText: 'main window' }).waitFor()
    expect(await own.locator('.display').count()).toBe(1)
    await own.close()
    await page.keyboard.press('Control+1')
  })
})

describe('a file dropped on Berth in a browser', () => {
  let home: string
  let berth: OpenWeb

  beforeAll(async () => {
    home = await makeHome({ firstRunDone: true, locale: 'en' })
    berth = await openWeb({ home, ...stillMachines })
  })
  afterAll(async () => {
    await berth?.close()
    await removeHome(home)
  })

  test('is told where to be chosen instead, and the browser stays with Berth', async () => {
    const { page } = berth
    await rowOf(page, 'alpine-router').waitFor()
    const held = await holdFiles(page, [file('debian-13.iso')])
    await held.over(rowOf(page, 'alpine-router'))
    await expect.poll(() => hint(page)).toContain('Browsers hide')
    await held.drop(rowOf(page, 'alpine-router'))
    await page.locator('.tooltip').filter({ hasText: 'Browsers hide' }).waitFor()
    expect(await hint(page)).toBeUndefined()
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(page.url()).toContain('127.0.0.1')
  })
})
