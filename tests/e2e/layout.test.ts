import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TestClient } from '../support/client.ts'
import { dialogs, machineDialogs, popovers } from '../support/floats.ts'
import { layoutFaults } from '../support/layout-faults.ts'
import { machineQuestions, programQuestions, slowly, stopping } from '../support/questions.ts'
import { views } from '../support/views.ts'
import { type Place, startVisit, type Visit, type Visitor } from '../support/visitor.ts'

interface Size {
  readonly what: string
  readonly width: number
  readonly height: number
  readonly textZoomPercent: number
}

const large: Size = { what: '200 %', width: 1280, height: 800, textZoomPercent: 200 }
const small: Size = { what: '800 × 600', width: 800, height: 600, textZoomPercent: 100 }
const wide: Size = { what: '2560 × 1440', width: 2560, height: 1440, textZoomPercent: 100 }
const floats = '.dialog, .popover, .menu, .palette'

let visit: Visit
let page: Page
let client: TestClient
let visitor: Visitor
let locale: 'en' | 'ko' = 'en'

async function begin(env: Readonly<Record<string, string>> = {}): Promise<void> {
  visit = await startVisit({ locale }, env)
  ;({ page, client, visitor } = visit)
}

beforeAll(() => begin())
afterAll(() => visit?.end())

async function resize({ width, height, textZoomPercent }: Size): Promise<void> {
  await page.setViewportSize({ width, height })
  await client.call('settings.set', { changes: { textZoomPercent } })
  await page.waitForFunction(
    (zoom) => document.documentElement.style.getPropertyValue('--text-zoom') === String(zoom),
    textZoomPercent / 100,
  )
}

async function speak(next: 'en' | 'ko'): Promise<void> {
  locale = next
  await client.call('settings.set', { changes: { locale } })
  await page.waitForFunction((lang) => document.documentElement.lang === lang, locale)
}

/** What is wrong once the page stands still: what is laid out anew is looked at again. */
async function settledFaults(): Promise<readonly string[]> {
  let faults = await layoutFaults(page)
  for (let again = 0; again < 8 && faults.length > 0; again += 1) {
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)))
    faults = await layoutFaults(page)
  }
  return faults.map((fault) => `${locale}: ${fault}`)
}

/** Opens a place and looks at it in each size, in both languages. */
async function faultsIn(place: Place, sizes: readonly Size[]): Promise<readonly string[]> {
  const found: string[] = []
  const layers = (): Promise<number> => page.locator(floats).count()
  let open = -1
  for (const size of sizes) {
    await resize(size)
    // A menu or popover whose button gave way to another layout is gone.
    if (open === -1 || (await layers()) !== open) {
      await visitor.closeAll()
      await place.open(visitor)
      open = await layers()
    }
    for (const turn of [0, 1]) {
      if (turn === 1) await speak(locale === 'en' ? 'ko' : 'en')
      found.push(...(await settledFaults()).map((fault) => `${size.what}, ${fault}`))
    }
  }
  await visitor.closeAll()
  await place.leave?.(visitor)
  return found
}

describe('nothing overlaps, is cut or out of reach', () => {
  // What a test that failed left open would fail the rest.
  beforeEach(() => visitor.closeAll())

  test.each(views)('at 200 %, in 800 × 600 and in 2560 × 1440: $name', async (place) => {
    expect(await faultsIn(place, [large, small, wide])).toEqual([])
  })

  test.each([...machineDialogs, ...machineQuestions, ...popovers, ...dialogs, ...programQuestions])(
    'at 200 % and in 800 × 600: $name',
    async (place) => {
      expect(await faultsIn(place, [large, small])).toEqual([])
    },
  )
})

describe('a window of 2560 × 1440', () => {
  beforeAll(async () => {
    await visitor.closeAll()
    await resize(wide)
  })

  /** How many of these stand side by side in their first line. */
  const columns = (selector: string): Promise<number> =>
    page.locator(selector).evaluateAll((elements) => {
      const tops = elements.map((element) => Math.round(element.getBoundingClientRect().top))
      return tops.filter((top) => top === tops[0]).length
    })

  test('shows a machine’s picture beside all that is known of it, without scrolling', async () => {
    await visitor.choose('win11-dev')
    await page.keyboard.press('Control+1')
    await visitor.shown('.overview-two .fact')
    const picture = await page.locator('.preview').boundingBox()
    const facts = await page.locator('.overview-rest').boundingBox()
    expect(picture?.height).toBeLessThan(600)
    expect(facts?.x).toBeGreaterThan((picture?.x ?? 0) + (picture?.width ?? 0))
    const isScrolled = await page
      .locator('.machine-panel')
      .evaluate(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight)
    expect(isScrolled).toBe(false)
  })

  test.each([
    ['Settings', 'gear', '.settings > section', 3],
    ['Providers', 'plug', '.endpoint', 2],
    ['Trash', 'trash', '.trash-item', 2],
  ] as const)('lays the page %s out in columns', async (words, icon, part, count) => {
    await visitor.fromPalette(words, icon)
    await visitor.shown(part)
    await expect.poll(() => columns(part)).toBeGreaterThanOrEqual(count)
  })

  test('gives the list room for whole names', async () => {
    await visitor.find('')
    const list = await page.locator('.plane-list').boundingBox()
    expect(list?.width).toBeGreaterThan(450)
  })
})

describe('nothing overlaps, is cut or out of reach while machines stop slowly', () => {
  beforeAll(async () => {
    await visit.end()
    await begin(slowly)
  })
  beforeEach(() => visitor.closeAll())

  test.each(stopping)('at 200 % and in 800 × 600: $name', async (place) => {
    expect(await faultsIn(place, [large, small])).toEqual([])
  })
})
