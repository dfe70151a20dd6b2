import type { Place, Visitor } from './visitor.ts'

/** A part of a machine's page, by its shortcut's digit. */
const part = (name: string, digit: number): Place => ({
  name: `part ${digit} of ${name}`,
  async open({ choose, page, shown }) {
    await choose(name)
    await page.keyboard.press(`Control+${digit}`)
    await shown(`[role="tab"]:nth-child(${digit})[aria-selected="true"]`)
    await shown('[role="tabpanel"]')
  },
})

const view = (name: string, words: string, icon: string, inside: string): Place => ({
  name,
  async open(visitor) {
    await visitor.fromPalette(words, icon)
    await visitor.shown(inside)
  },
})

/** What a first start shows. */
export const welcome: Place = {
  ...view('the welcome page', 'Welcome', 'berth', '.first-run'),
  async leave({ page, shown }) {
    await page.locator('.first-run-ways .button').first().click()
    await shown('.plane-list')
  },
}

async function showTable({ page, find, shown }: Visitor): Promise<void> {
  await find('')
  if ((await page.locator('.window-table').count()) > 0) return
  await page.keyboard.press('Control+Shift+L')
  // Any of them: the one with the tab stop may be far down.
  await shown('[role="grid"] [role="row"][data-row]')
}

async function leaveTable({ client, shown }: Visitor): Promise<void> {
  await client.call('settings.set', { changes: { list: { table: false } } })
  await shown('[role="treegrid"]')
}

/** The table, and a machine's page in its place. */
export const table: readonly Place[] = [
  {
    name: 'the table',
    open: showTable,
    async leave(visitor) {
      await leaveTable(visitor)
      await visitor.choose('kali-lab')
    },
  },
  {
    name: 'a machine’s page in place of the table',
    async open(visitor) {
      await showTable(visitor)
      await visitor.choose('win11-dev')
      await visitor.page.keyboard.press('Control+1')
      await visitor.shown('.detail-back')
    },
    leave: leaveTable,
  },
]

/** Everything that fills the window's planes. */
export const views: readonly Place[] = [
  {
    name: 'the list',
    async open({ find }) {
      await find('')
    },
  },
  {
    name: 'the list without a hit',
    async open({ find, shown }) {
      await find('wim11')
      await shown('.empty-state')
    },
  },
  ...[1, 2, 3, 4, 5].map((digit) => part('win11-dev', digit)),
  part('alpine-router', 1),
  part('thesis-2021', 1),
  part('win10-legacy-ie', 1),
  part('redis-cache', 1),
  part('운영체제', 1),
  part('oracle-19c-training', 2),
  part('redis-cache', 2),
  part('riscv-fedora-42', 3),
  part('실습용 우분투', 3),
  part('mailpit', 4),
  {
    name: 'a failure on a machine’s page',
    async open({ choose, page, shown }) {
      await choose('win10-legacy-ie')
      await page.keyboard.press('Control+1')
      await page.locator('.machine-verbs .button').first().click()
      await shown('.error-card')
      await page.locator('.error-card .disclosure').click()
      await shown('.error-card .raw-text')
    },
    async leave({ page }) {
      await page.locator('.error-card > .icon-button').click()
    },
  },
  {
    name: 'the dock with a terminal that is searched',
    async open({ choose, page, shown }) {
      await choose('postgres-16')
      await page.keyboard.press('Control+t')
      await page.locator('.xterm-rows').filter({ hasText: /#/ }).first().waitFor()
      await page.keyboard.press('Control+Shift+F')
      await shown('.terminal-find')
    },
    async leave({ page }) {
      await page.keyboard.press('Escape')
      await page.keyboard.press('Control+Backquote')
      await page.locator('.plane-dock').waitFor({ state: 'detached' })
    },
  },
  {
    name: 'several machines and their bar',
    async open({ select, shown }) {
      await select(['kali-lab', 'alpine-router', 'oracle-19c-training'])
      await shown('.selection-bar')
    },
    async leave({ choose }) {
      await choose('kali-lab')
    },
  },
  view('the providers', 'Providers', 'plug', '.endpoint'),
  {
    name: 'the providers with every remedy',
    async open({ fromPalette, page, shown }) {
      await fromPalette('Providers', 'plug')
      await shown('.endpoint-actions [aria-expanded]')
      const how = page.locator('.endpoint-actions .button[aria-expanded="false"]')
      while ((await how.count()) > 0) await how.first().click()
      await shown('.remedies')
    },
  },
  view('the settings', 'Settings', 'gear', '.settings'),
  view('the trash', 'Trash', 'trash', '.trash'),
  ...table,
  welcome,
]
