import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectTo, type TestClient } from '../support/client.ts'
import { clippedNames } from '../support/clipped-names.ts'
import { makeHome, type OpenWeb, openWeb, removeHome } from '../support/window.ts'

/** Names that differ in their last character alone, shorter than the part that an ellipsis would need. */
const shortNames = ['vm-1', 'db 2', 'a 1', '서버 2']
const zooms = [80, 100, 130, 200]

let home: string
let berth: OpenWeb
let page: Page
let client: TestClient

/** In the list: a snapshot may have the same name. */
const row = (name: string): Locator => page.locator('.plane-list').getByRole('row', { name: new RegExp(`^${name},`) })

beforeAll(async () => {
  home = await makeHome({ firstRunDone: true, locale: 'en' })
  berth = await openWeb({ home, mock: true, env: { BERTH_MOCK_STILL: '1', BERTH_MOCK_SPEED: '20' } })
  page = berth.page
  client = await connectTo(berth.address)
  await row('alpine-router').waitFor()
  const { machines } = await client.call('inventory.get')
  const stopped = machines.filter(({ kind, state }) => kind === 'vm' && state === 'stopped')
  for (const [index, name] of shortNames.entries()) {
    const id = stopped[index]?.id
    if (id === undefined) throw new Error('Too few machines to rename')
    await client.succeeded(await client.call('machine.rename', { id, name }))
    if (index > 0) continue
    for (const snapshot of shortNames) {
      await client.succeeded(await client.call('snapshot.take', { id, name: snapshot, description: '', memory: false }))
    }
  }
  await row('vm-1').waitFor()
})

afterAll(async () => {
  client?.close()
  await berth?.close()
  await removeHome(home)
})

async function zoomTo(textZoomPercent: number): Promise<void> {
  await client.call('settings.set', { changes: { textZoomPercent } })
  await page.reload()
  await page.waitForFunction(
    (zoom) => getComputedStyle(document.documentElement).getPropertyValue('--text-zoom').trim() === String(zoom / 100),
    textZoomPercent,
  )
}

describe.each(zooms)('short names at %i percent', (zoom) => {
  beforeAll(async () => {
    await page.setViewportSize(zoom === 200 ? { width: 2000, height: 1000 } : { width: 1280, height: 800 })
    await client.call('settings.set', { changes: { list: { table: false } } })
    await zoomTo(zoom)
  })

  test('are whole in the list, the header, the snapshots and the inspector', async () => {
    const filter = page.getByRole('searchbox', { name: /^Filter/ })
    for (const name of shortNames) {
      await filter.fill(name)
      await row(name).click()
      await expect.poll(() => clippedNames(page, [name], '.plane-list')).toEqual([])
      await expect.poll(() => clippedNames(page, [name], '.machine-header')).toEqual([])
    }
    await filter.fill('vm-1')
    await row('vm-1').click()
    await page.keyboard.press('Control+3')
    const tree = page.getByRole('treegrid', { name: 'Snapshots' })
    await tree.getByRole('row', { name: /^서버 2,/ }).click()
    await expect.poll(() => clippedNames(page, shortNames, '.snapshot-line-name')).toEqual([])
    await expect.poll(() => clippedNames(page, ['a 1'], '.inspector-facts')).toEqual([])
    await filter.fill('')
  })

  test('are whole in the table', async () => {
    await client.call('settings.set', { changes: { list: { table: true } } })
    await page.reload()
    const filter = page.getByRole('searchbox', { name: /^Filter/ })
    for (const name of shortNames) {
      await filter.fill(name)
      await expect.poll(() => clippedNames(page, [name], '.table-body')).toEqual([])
    }
    await filter.fill('')
  })
})
