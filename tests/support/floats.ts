import type { Place } from './visitor.ts'

const dialog = '.dialog'

const fromMenu = (name: string, machine: string, icon: string, at = 0): Place => ({
  name: `the dialog ${name}`,
  async open(visitor) {
    await visitor.fromMenu(machine, icon, at)
    await visitor.shown(dialog)
  },
})

/** Dialogs that a machine's menu opens. */
export const machineDialogs: readonly Place[] = [
  fromMenu('clone', 'oracle-19c-training', 'branch'),
  fromMenu('delete of a container', 'mailpit', 'trash'),
  fromMenu('copy files', 'redis-cache', 'copy'),
  {
    name: 'the dialog copy files, out of the machine',
    async open({ fromMenu, page, shown }) {
      await fromMenu('redis-cache', 'copy')
      await page.locator('.dialog .segment').last().click()
      await shown('.segment:last-child[aria-checked="true"]')
    },
  },
  fromMenu('tag', 'kali-lab', 'tag'),
  fromMenu('power off', 'win11-dev', 'plug'),
  // Restarting has the same icon and comes first.
  fromMenu('reset', 'win11-dev', 'refresh', 1),
  fromMenu('run command', 'win11-dev', 'terminal', 1),
  fromMenu('discard', 'ubuntu-24.04-desktop', 'trash'),
  fromMenu('locate', 'win10-legacy-ie', 'folder'),
]

/** Menus, popovers and the palette. */
export const popovers: readonly Place[] = [
  {
    name: 'a machine’s menu',
    async open({ find, shown }) {
      await (await find('macos-15-test')).click({ button: 'right' })
      await shown('.menu')
    },
  },
  {
    name: 'the menu of what stops a machine',
    async open({ choose, page, shown }) {
      await choose('win11-dev')
      await page.locator('.split-button > .button').last().click()
      await shown('.menu')
    },
  },
  {
    name: 'the menu that arranges the list',
    async open({ find, page, shown }) {
      await find('')
      await page.locator('[data-pane="list"] .pane-header .icon-button:has([data-icon="sort"])').click()
      await shown('.menu')
    },
  },
  {
    name: 'the palette',
    async open({ choose, page, shown }) {
      await choose('win11-dev')
      await page.keyboard.press('Control+k')
      await shown('.palette-option')
    },
  },
  {
    name: 'the popover that takes a snapshot',
    async open({ choose, page, shown }) {
      await choose('win11-dev')
      await page.keyboard.press('Control+Shift+S')
      await shown('.ask')
    },
  },
  {
    name: 'the popover that asks before a restore',
    async open({ choose, page, shown }) {
      await choose('win11-dev')
      await page.keyboard.press('Control+3')
      await page.locator('.snapshot-line').filter({ hasText: 'driver 560' }).click()
      await page.locator('.inspector-actions .button-primary').click()
      await shown('.ask')
    },
  },
  {
    name: 'the tasks',
    async open({ page, shown }) {
      await page.locator('.strip-tasks').click()
      await shown('.tasks-popover')
    },
  },
]

/** The other dialogs. */
export const dialogs: readonly Place[] = [
  {
    name: 'all that is known of a container',
    async open({ choose, page, shown }) {
      await choose('redis-cache')
      await page.keyboard.press('Control+1')
      await page.locator('.overview-inspect .button').click()
      await shown('.inspect-line')
    },
  },
  {
    name: 'the dialog that deletes a snapshot',
    async open({ choose, page, shown }) {
      await choose('win11-dev')
      await page.keyboard.press('Control+3')
      await page.locator('.snapshot-line').filter({ hasText: 'driver 560' }).click()
      await page.locator('.inspector-actions .button-danger').click()
      await shown(dialog)
    },
  },
  {
    name: 'the form for a new machine',
    async open({ page, shown }) {
      await page.keyboard.press('Control+n')
      await shown('.form-more')
    },
  },
  {
    name: 'the form for a new machine, all of it',
    async open({ page, shown }) {
      await page.keyboard.press('Control+n')
      await page.locator('.form-more').click()
      await page.locator('.dialog .rows-add').last().click()
      await shown('.rows-line')
    },
  },
  {
    name: 'the form for a new container, all of it',
    async open({ page, shown }) {
      await page.keyboard.press('Control+n')
      await page.locator('.dialog-header [role="radio"]').last().click()
      await shown('.image-search')
      await page.locator('.form-more').click()
      for (const add of await page.locator('.dialog .rows-add').all()) await add.click()
      await shown('.rows-line')
    },
    async leave({ page, closeAll }) {
      await page.keyboard.press('Control+n')
      await page.locator('.dialog-header [role="radio"]').first().click()
      await closeAll()
    },
  },
  {
    name: 'the dialog that chooses a file',
    async open({ page, shown }) {
      await page.keyboard.press('Control+n')
      await page.locator('.source-row .button').first().click()
      await shown('.browser-list')
    },
  },
  {
    name: 'the dialog that empties the trash',
    async open({ fromPalette, page, shown }) {
      await fromPalette('Trash', 'trash')
      await page.locator('.trash-item .button-danger').first().click()
      await shown(dialog)
    },
  },
]
