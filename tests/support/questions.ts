import type { Place, Visitor } from './visitor.ts'

const dialog = '.dialog'

/** Asks what the bar of all selected machines asks, by the icon of its verb. */
async function askAboutAll({ selectAll, page, shown }: Visitor, icon: string): Promise<void> {
  await selectAll()
  await page.locator(`.selection-bar .button:has([data-icon="${icon}"])`).click()
  await shown(dialog)
}

async function leaveSelection({ find }: Visitor): Promise<void> {
  await (await find('kali-lab')).click()
}

/** Questions about one machine, and about all that there are. */
export const machineQuestions: readonly Place[] = [
  {
    name: 'the dialog rename, with a name that is refused',
    async open({ fromMenu, page, shown }) {
      await fromMenu('운영체제', 'edit')
      await page.locator('.dialog input').fill('')
      await shown('.dialog .field-error')
    },
  },
  {
    name: 'the dialog delete of a container that runs',
    async open({ fromMenu, shown }) {
      await fromMenu('registry', 'trash')
      await shown('.dialog .notice-warning')
    },
  },
  {
    name: 'the dialog delete of many machines',
    async open(visitor) {
      await askAboutAll(visitor, 'trash')
      await visitor.shown('.dialog .notice-warning')
    },
    leave: leaveSelection,
  },
  ...(
    [
      ['play', 'started'],
      ['stop', 'stopped'],
      ['snapshot-add', 'kept in snapshots'],
    ] as const
  ).map(([icon, what]) => ({
    name: `the question before many machines are ${what}`,
    async open(visitor: Visitor) {
      await askAboutAll(visitor, icon)
      await visitor.shown('.power-names')
    },
    leave: leaveSelection,
  })),
]

/** Questions and dialogs of the program itself. */
export const programQuestions: readonly Place[] = [
  {
    name: 'the question before Berth quits',
    async open({ fromPalette, shown }) {
      await fromPalette('Quit Berth', 'close')
      await shown('.quit-rows')
    },
  },
  {
    name: 'the question before Berth shuts VMs down and quits',
    async open({ fromPalette, page, shown }) {
      await fromPalette('Quit Berth', 'close')
      await page.locator('.quit-firsts .button').last().click()
      await page.locator('.quit-rows').waitFor({ state: 'detached' })
      await shown(dialog)
    },
  },
  {
    name: 'the licences, one unfolded',
    async open({ fromPalette, page, shown }) {
      await fromPalette('Settings', 'gear')
      await page.locator('.settings > section').last().locator('.button').last().click()
      await page.locator('.license summary').first().click()
      await shown('.license[open] .license-text')
    },
  },
  {
    name: 'the dialog that chooses a tool’s path, with one that is refused',
    async open({ fromPalette, page, shown }) {
      await fromPalette('Providers', 'plug')
      await page.locator('[id="mockcontainer:podman"] .endpoint-actions > .button:not([aria-expanded])').click()
      await page.locator('.dialog input').fill('/nowhere/at/all/there/is/no/such/folder/bin/podman')
      await page.keyboard.press('Enter')
      await shown('.dialog .field-error')
    },
  },
]

/** Machines that take their time, so that a ladder stays while it is looked at. */
export const slowly = { BERTH_MOCK_SPEED: '0.1' } as const

/** Opens the ladder of all machines, which are asked to stop when none was asked before. */
async function openLadder(visitor: Visitor): Promise<void> {
  const { page, shown, selectAll } = visitor
  const button = page.locator('.ladder-button')
  // The bar that it stands in is there while several are selected.
  if ((await button.count()) === 0) await selectAll()
  if ((await button.count()) === 0) {
    await askAboutAll(visitor, 'stop')
    await page.locator('.dialog .button-primary').click()
  } else if ((await page.locator('.ladder-popover').count()) === 0) await button.click()
  await shown('.ladder-popover .ladder-machine .button-danger')
}

/** Stops every machine: only where machines answer slowly does this last, and nothing else can be looked at afterwards. */
export const stopping: readonly Place[] = [
  {
    name: 'the question before many machines are powered off',
    async open(visitor) {
      await openLadder(visitor)
      await visitor.page.locator('.ladder-popover .button-danger').first().click()
      await visitor.shown('.power-names')
    },
  },
  { name: 'the ladder of many machines', open: openLadder },
]
