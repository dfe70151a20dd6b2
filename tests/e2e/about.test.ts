import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeHome, type OpenWeb, openWeb, picture, removeHome, root } from '../support/window.ts'

let home: string
let berth: OpenWeb

beforeAll(async () => {
  home = await makeHome({ firstRunDone: true, locale: 'en' })
  berth = await openWeb({ home, mock: true })
})

afterAll(async () => {
  await berth?.close()
  await removeHome(home)
})

test('About shows the licence texts of Berth and of every package that the program depends on', async () => {
  const { page } = berth
  await page.keyboard.press('Control+Comma')
  await page.getByRole('button', { name: 'Show licenses…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Open-source licenses' })
  await dialog.getByText('Berth 0.').click()
  await dialog.getByText('Permission is hereby granted, free of charge').first().waitFor()
  await picture(page, 'licenses')

  const filter = dialog.getByRole('searchbox', { name: 'Filter packages' })
  for (const name of ['react', 'v86', '@xterm/headless', 'node-pty', 'electron', 'saxes']) {
    await filter.fill(name)
    await dialog
      .getByText(new RegExp(`^(@[a-z]+/)?${name} \\d`))
      .first()
      .waitFor()
  }
  await filter.fill('no such package')
  await dialog.getByText('No matching packages.').waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Show licenses…')
})

test('no bundled package is without its licence text', async () => {
  const licenses = JSON.parse(await readFile(join(root, 'out/main/licenses.json'), 'utf8'))
  expect(licenses.length).toBeGreaterThan(50)
  expect(licenses.filter(({ text }: { text: string }) => text.length < 200)).toEqual([])
})
