import type { Locator, Page } from 'playwright-core'
import { expect, vi } from 'vitest'
import { connectTo, type TestClient } from './client.ts'
import { makeHome, openWeb, removeHome } from './window.ts'

/** A view or dialog of the window, and how a person comes there. No step depends on the language. */
export interface Place {
  readonly name: string
  readonly open: (visitor: Visitor) => Promise<void>
  /** What has to go before the next place is opened, beyond what Escape closes. */
  readonly leave?: (visitor: Visitor) => Promise<void>
}

/** Somebody who goes from place to place among the pretended machines. */
export interface Visitor {
  readonly page: Page
  readonly client: TestClient
  /** Shows the list, with this one machine in it; an empty name shows all. */
  find(name: string): Promise<Locator>
  /** Shows a machine's page. */
  choose(name: string): Promise<void>
  /** Selects several machines; the list then shows all. */
  select(names: readonly string[]): Promise<void>
  /** Selects every machine that the list has. */
  selectAll(): Promise<void>
  /** Chooses from a machine's menu, by the icon of the entry: `at` counts those that share it. */
  fromMenu(name: string, icon: string, at?: number): Promise<void>
  /** Runs what the palette finds for these words, by its icon. */
  fromPalette(words: string, icon: string): Promise<void>
  shown(selector: string): Promise<void>
  /** Closes all that floats above the planes. */
  closeAll(): Promise<void>
}

const floating = '[role="dialog"], [role="alertdialog"], [role="menu"], .plane-sidebar-over'

export function visitorAt(page: Page, client: TestClient): Visitor {
  const filter = page.locator('[data-pane="list"] input[type="search"]')
  const shown = (selector: string): Promise<void> => page.locator(selector).first().waitFor()
  const find = async (name: string): Promise<Locator> => {
    const back = page.locator('.detail-back button, .pane-header > .icon-button:has([data-icon="left"])')
    await filter.or(back).first().waitFor()
    // In a narrow window a page leads back to a machine's page, and that to the list.
    while ((await filter.count()) === 0) {
      await back.first().click()
      await filter.or(back).first().waitFor()
    }
    await filter.fill(name)
    return page
      .locator('[data-pane="list"]')
      .getByRole('row', { name: new RegExp(`^${name}`) })
      .first()
  }
  return {
    page,
    client,
    find,
    shown,
    async choose(name) {
      const row = await find(name)
      await row.click()
      // In the table a click selects; the list goes to the page by itself.
      if ((await page.locator('.window-table').count()) > 0) await row.dblclick()
      await page.locator('.machine-header').filter({ hasText: name }).waitFor()
    },
    async select(names) {
      for (const [index, name] of names.entries()) {
        await (await find(name)).click({ modifiers: index === 0 ? [] : ['Control'] })
      }
      await find('')
    },
    async selectAll() {
      await find('')
      await filter.press('ArrowDown')
      await page.locator('[role="row"]:focus').waitFor()
      await page.keyboard.press('Control+a')
      await shown('.selection-bar')
    },
    async fromMenu(name, icon, at = 0) {
      await (await find(name)).click({ button: 'right' })
      await page.locator(`[role="menuitem"]:has([data-icon="${icon}"])`).nth(at).click()
    },
    async fromPalette(words, icon) {
      await page.keyboard.press('Control+k')
      await page.locator('.palette input').fill(words)
      await page.locator(`[role="option"]:has([data-icon="${icon}"])`).last().click()
      await page.locator('.palette').waitFor({ state: 'detached' })
    },
    async closeAll() {
      const count = (): Promise<number> => page.locator(floating).count()
      for (let before = await count(); before > 0; before = await count()) {
        await page.keyboard.press('Escape')
        await expect.poll(count).toBeLessThan(before)
      }
    },
  }
}

/** A visit among pretended machines, two of which are in the trash. */
export interface Visit {
  readonly page: Page
  readonly client: TestClient
  readonly visitor: Visitor
  end(): Promise<void>
}

export async function startVisit(
  settings: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string>> = {},
): Promise<Visit> {
  const home = await makeHome({ firstRunDone: true, ...settings })
  const berth = await openWeb({ home, mock: true, env: { BERTH_MOCK_STILL: '1', ...env } })
  const end = async (): Promise<void> => {
    await berth.close()
    await removeHome(home)
  }
  try {
    const { page } = berth
    // A view that does not come is one failure, and must not cost the suite half a minute for each that follows.
    page.setDefaultTimeout(20_000)
    // Colours that are on their way are no one's contrast.
    await page.emulateMedia({ reducedMotion: 'reduce' })
    const client = await connectTo(berth.address)
    const visitor = visitorAt(page, client)
    await visitor.shown('[role="row"][aria-level="2"]')
    await fillTrash(client)
    return { page, client, visitor, end }
  } catch (error) {
    await end()
    throw error
  }
}

/** Deletes two machines, one with a name that needs care. */
async function fillTrash(client: TestClient): Promise<void> {
  for (const name of ['two\nlines and a\ttab', 'ad-domain-controller']) {
    // A host that is far away lists its machines later.
    const id = await vi.waitFor(async () => {
      const { machines } = await client.call('inventory.get')
      const machine = machines.find((one) => one.name === name)
      if (machine === undefined) throw new Error(`There is no ${name}`)
      return machine.id
    }, 20_000)
    await client.succeeded(await client.call('machine.remove', { id, volumes: [], typedName: null }))
  }
}
