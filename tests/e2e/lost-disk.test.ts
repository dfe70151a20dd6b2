import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeHome, type OpenWeb, openWeb, removeHome } from '../support/window.ts'

describe('a machine whose disk is missing', () => {
  let home: string
  let files: string
  let berth: OpenWeb
  let page: Page
  const row = (name: string) => page.getByRole('row', { name: new RegExp(`^${name},`) })

  beforeAll(async () => {
    home = await makeHome({ firstRunDone: true, locale: 'en' })
    files = await mkdtemp(join(tmpdir(), 'berth-lost-'))
    for (const name of ['other.raw', 'moved.qcow2']) await writeFile(join(files, name), 'x')
    berth = await openWeb({ home, mock: true })
    page = berth.page
    await row('alpine-router').waitFor()
  })
  afterAll(async () => {
    await berth?.close()
    await removeHome(home)
    await rm(files, { recursive: true })
  })

  test('says its path once, refuses another file, and starts once its disk is found', async () => {
    await row('win10-legacy-ie').click()
    const notice = page.locator('.machine-failure .notice')
    await expect.poll(() => notice.textContent()).toContain('/Volumes/Archive/win10-legacy-ie.qcow2')
    expect(await page.getByText('/Volumes/Archive/win10-legacy-ie.qcow2').count()).toBe(1)
    await page.locator('.machine-verbs').getByRole('button', { name: 'Start' }).click()
    const card = page.getByRole('alert', { name: 'Couldn’t start win10-legacy-ie' })
    await card.getByRole('button', { name: 'Find the disk…' }).click({ timeout: 20_000 })

    const dialog = page.getByRole('dialog', { name: 'Find the disk of win10-legacy-ie' })
    const path = dialog.getByRole('textbox', { name: 'Disk file' })
    await path.fill(join(files, 'other.raw'))
    await page.keyboard.press('Enter')
    await dialog.getByText('other.raw is another disk').waitFor()
    await path.fill(join(files, 'moved.qcow2'))
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    await expect.poll(() => notice.count()).toBe(0)
    await page.locator('.machine-verbs').getByRole('button', { name: 'Start' }).click()
    await expect.poll(() => page.locator('.machine-state').textContent(), { timeout: 20_000 }).toContain('Running')
  })
})
