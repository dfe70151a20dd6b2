import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { readLastSeen } from '../../main/last-seen.ts'
import { makeHome, type OpenElectron, openElectron, picture, removeHome, root } from '../support/window.ts'

const looks = [
  { theme: 'light', locale: 'en' },
  { theme: 'dark', locale: 'en' },
  { theme: 'light', locale: 'ko' },
  { theme: 'dark', locale: 'ko' },
] as const

/** Everything a person looks at all day, to be looked at: in `test-results/pictures`. */
describe.each(looks)('pictures, $theme, $locale', ({ theme, locale }) => {
  const look = `${theme}-${locale}`

  async function withWindow(settings: object, work: (page: Page, berth: OpenElectron) => Promise<void>): Promise<void> {
    const home = await makeHome({ theme, locale, ...settings })
    const berth = await openElectron({ home, mock: true, env: { BERTH_MOCK_STILL: '1' } })
    try {
      await work(berth.page, berth)
    } finally {
      await berth.close()
      await removeHome(home)
    }
  }

  test('of the first start', () =>
    withWindow({ firstRunDone: false }, async (page) => {
      await page.getByRole('heading', { level: 1 }).waitFor()
      await picture(page, `${look}-first-run`)
      expect(await page.evaluate(() => document.documentElement.lang)).toBe(locale)
      const scheme = await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)
      expect(scheme).toContain(theme)
    }))

  test('of a machine, its terminal, its snapshots and its settings', () =>
    withWindow({ firstRunDone: true }, async (page) => {
      const tab = (number: number): Promise<void> => page.keyboard.press(`Control+${number}`)
      await page.getByRole('row', { name: /^win11-dev,/ }).click()
      await page.getByRole('tab').first().waitFor()
      await picture(page, `${look}-overview`)
      await tab(3)
      await page.locator('.snapshot-rails').waitFor()
      await picture(page, `${look}-snapshots`)
      await page.getByRole('row', { name: /^postgres-16,/ }).click()
      await page.keyboard.press('Control+t')
      await page.locator('.xterm-rows').filter({ hasText: /[#$]/ }).waitFor()
      await page.keyboard.type('help\n')
      await page
        .locator('.xterm-rows')
        .filter({ hasText: /poweroff/ })
        .waitFor()
      await picture(page, `${look}-terminal`)
    }))

  test('of the pages and dialogs besides', () =>
    withWindow({ firstRunDone: true }, async (page) => {
      await page.getByRole('row', { name: /^win11-dev,/ }).click()
      await page.keyboard.press('Control+n')
      await page.getByRole('dialog').getByRole('radio').nth(4).waitFor()
      await picture(page, `${look}-create`)
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await page.keyboard.press('Control+k')
      await page.getByRole('listbox').waitFor()
      await picture(page, `${look}-palette`)
      await page.keyboard.press('Escape')
      await page.getByRole('listbox').waitFor({ state: 'detached' })
      await page.keyboard.press('Control+,')
      await page.getByRole('main').getByRole('heading').first().waitFor()
      await picture(page, `${look}-settings`)
    }))
})

/** `README_PICTURE=1` draws the README's own: a full list, a machine's snapshots, two terminals, at twice the pixels. */
describe.runIf(process.env['README_PICTURE'] !== undefined)('the picture of the README', () => {
  const size = { width: 1440, height: 900 }
  /** By how their names begin. */
  const tags: Readonly<Record<string, readonly string[]>> = {
    'client-acme': ['postgres-16', 'redis-cache', 'grafana', 'mailpit'],
    ci: ['ci-runner-1', 'ci-runner-2', 'registry'],
    coursework: ['실습용 우분투 서버', '운영체제', 'riscv-fedora-42', 'haiku-beta5'],
    lab: [
      'alpine-router',
      'freebsd-14-router',
      'k3s-server',
      'k3s-agent-1',
      'ubuntu-24.04-desktop',
      'windows-server-2025',
    ],
  }
  const pinned = ['win11-dev', 'web-api', 'kali-lab']

  /** Writes what the person has said of the pretended machines, whose ids an earlier Berth left in its cache. */
  async function annotate(home: string): Promise<void> {
    const { machines } = JSON.parse(readLastSeen(join(home, 'cache')) ?? '') as {
      readonly machines: readonly { readonly id: string; readonly name: string }[]
    }
    const all = machines.map(({ id, name }) => {
      const own = Object.entries(tags).flatMap(([tag, names]) =>
        names.some((start) => name.startsWith(start)) ? [tag] : [],
      )
      return [id, { pinned: pinned.includes(name), tags: own, note: '' }] as const
    })
    await mkdir(join(home, 'data'), { recursive: true })
    await writeFile(join(home, 'data/annotations.json'), JSON.stringify(Object.fromEntries(all)))
  }

  test('is drawn', async () => {
    const home = await makeHome({ theme: 'light', locale: 'en', firstRunDone: true, list: { group: 'tag' } })
    const open = (): Promise<OpenElectron> =>
      openElectron({
        home,
        mock: true,
        env: { BERTH_MOCK_STILL: '1', LANG: 'en_GB.UTF-8' },
        args: ['--force-device-scale-factor=2'],
      })
    const first = await open()
    await first.page.getByRole('row', { name: /^alpine-router,/ }).waitFor()
    await expect.poll(() => readFile(join(home, 'cache/inventory.json'), 'utf8').catch(() => '')).toContain('win11-dev')
    await first.close()
    await annotate(home)
    const { page, app, close } = await open()
    try {
      await app.evaluate(
        ({ BrowserWindow }, { width, height }) => BrowserWindow.getAllWindows()[0]?.setContentSize(width, height),
        size,
      )
      await page.waitForFunction(({ width }) => window.innerWidth === width && window.devicePixelRatio === 2, size)
      const type = async (machine: RegExp, lines: readonly string[], answer: RegExp): Promise<void> => {
        await page.getByRole('row', { name: machine }).click()
        await page.keyboard.press('Control+t')
        const screen = page.locator('.terminal-active .xterm-rows')
        await screen.filter({ hasText: /[#$]/ }).waitFor()
        for (const line of lines) await page.keyboard.type(`${line}\n`)
        await screen.filter({ hasText: answer }).waitFor()
      }
      await type(/^alpine-router,/, ['ls', 'cat readme', 'colours'], /colours/)
      await type(/^postgres-16,/, ['help'], /poweroff/)
      await page.keyboard.press('Control+Shift+D')
      await page.getByRole('row', { name: /^win11-dev,/ }).click()
      await page.keyboard.press('Control+3')
      await page.locator('.snapshot-rails').waitFor()
      await page.getByRole('row', { name: /^signing works,/ }).click()
      await page
        .getByRole('row', { name: /^freebsd-14-router,/ })
        .filter({ hasText: '%' })
        .waitFor()
      await page.mouse.move(0, 0)
      await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.focus())
      await page.screenshot({ path: join(root, 'assets/screenshot.png'), animations: 'disabled' })
    } finally {
      await close()
      await removeHome(home)
    }
  })
})
