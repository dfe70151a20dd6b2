import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { axeViolations } from '../support/axe.ts'
import { dialogs, machineDialogs, popovers } from '../support/floats.ts'
import { machineQuestions, programQuestions, slowly, stopping } from '../support/questions.ts'
import { table, welcome } from '../support/views.ts'
import { type Place, startVisit, type Visit } from '../support/visitor.ts'
import { makeHome, type OpenWeb, openWeb, removeHome } from '../support/window.ts'

/** Each is one step from the one before. */
const looks = [
  { theme: 'light', locale: 'en' },
  { theme: 'dark', locale: 'en' },
  { theme: 'dark', locale: 'ko' },
  { theme: 'light', locale: 'ko' },
] as const

describe.each(looks)('axe finds nothing, $theme, $locale:', ({ theme, locale }) => {
  let home: string
  let berth: OpenWeb
  let page: Page

  const row = (name: string): Locator => page.getByRole('row', { name: new RegExp(`^${name},`) }).first()
  const choose = async (name: string): Promise<void> => {
    const filter = page.locator('[data-pane="list"] input[type="search"]')
    await filter.fill(name)
    await row(name).click()
    await filter.fill('')
    await page.locator('.machine-header').filter({ hasText: name }).waitFor()
  }
  // A view is judged once what it asks of main is there.
  const isClean = (): Promise<void> => expect.poll(() => axeViolations(page), { timeout: 15_000 }).toEqual([])

  beforeAll(async () => {
    home = await makeHome({ firstRunDone: true, locale, theme })
    berth = await openWeb({ home, mock: true, env: { BERTH_MOCK_STILL: '1' } })
    page = berth.page
    // A view that does not come is one failure, and must not cost the suite half a minute for each that follows.
    page.setDefaultTimeout(20_000)
    // Colours that are on their way are no one's contrast.
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await row('alpine-router').waitFor()
  })

  beforeEach(async () => {
    // What a test that failed left open would fail the rest.
    const open = page.locator('[role="dialog"], [role="alertdialog"], [role="menu"]')
    for (let layer = 0; layer < 3 && (await open.count()) > 0; layer += 1) await page.keyboard.press('Escape')
    if ((await page.locator('.plane-dock').count()) > 0) await page.keyboard.press('Control+Backquote')
  })

  afterAll(async () => {
    await berth?.close()
    await removeHome(home)
  })

  test('the list with nothing chosen', isClean)

  test.each([1, 2, 3, 4, 5])('the part of a machine’s page behind Control+%i', async (digit) => {
    await choose('win11-dev')
    await page.keyboard.press(`Control+${digit}`)
    await page.locator('[role="tabpanel"]').waitFor()
    await isClean()
  })

  test.each(['alpine-router', 'thesis-2021', 'win10-legacy-ie', 'redis-cache'])('the overview of %s', async (name) => {
    await choose(name)
    await page.keyboard.press('Control+1')
    await isClean()
  })

  test('the dock with a terminal', async () => {
    await choose('postgres-16')
    await page.keyboard.press('Control+t')
    await page.locator('.xterm-rows').filter({ hasText: /#/ }).waitFor()
    await isClean()
    await page.keyboard.press('Control+Backquote')
    await page.locator('.plane-dock').waitFor({ state: 'detached' })
  })

  test('several machines and their bar', async () => {
    await choose('kali-lab')
    await row('alpine-router').click({ modifiers: ['Control'] })
    await page.locator('.selection-bar').waitFor()
    await isClean()
    await choose('kali-lab')
  })

  test('the pages', async () => {
    for (const view of ['trash', 'plug', 'gear']) {
      await page.locator(`.plane-sidebar .sidebar-item:has([data-icon="${view}"])`).last().click()
      await page.locator('main h1').waitFor()
      await isClean()
    }
    await page.keyboard.press('Escape')
  })
})

describe('axe finds nothing, light and dark, in English and Korean, in', () => {
  let visit: Visit

  async function setLook({ theme, locale }: (typeof looks)[number]): Promise<void> {
    const { client, page } = visit
    await client.call('settings.set', { changes: { theme, locale } })
    await page.waitForFunction(
      (look) =>
        document.documentElement.lang === look.locale && document.documentElement.dataset['theme'] === look.theme,
      { theme, locale },
    )
  }

  async function expectClean({ open, leave }: Place): Promise<void> {
    const { page, visitor } = visit
    await open(visitor)
    for (const look of looks) {
      await setLook(look)
      // A view is judged once what it asks of main is there.
      await expect
        .poll(() => axeViolations(page), { timeout: 15_000, message: `${look.theme}, ${look.locale}` })
        .toEqual([])
    }
    await visitor.closeAll()
    await leave?.(visitor)
  }

  beforeAll(async () => {
    visit = await startVisit(looks[0])
  })

  beforeEach(async () => {
    // What a test that failed left open would fail the rest.
    await visit.visitor.closeAll()
    await setLook(looks[0])
  })

  afterAll(() => visit?.end())

  test.each([welcome, ...table, ...machineDialogs, ...machineQuestions, ...popovers, ...dialogs, ...programQuestions])(
    '$name',
    expectClean,
  )

  describe('machines that are slow to stop:', () => {
    beforeAll(async () => {
      await visit.end()
      visit = await startVisit(looks[0], slowly)
    })

    test.each(stopping)('$name', expectClean)
  })
})
