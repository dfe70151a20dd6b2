import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeHome, type OpenElectron, openElectron, picture, removeHome } from '../support/window.ts'
import { type Person, personAt } from './person.ts'

const patience = { timeout: 60_000 }
const atPrompt = /root@linux:~# *$/

/** The first machine of a newcomer, through everything that ends a shell and what brings it back. */
describe('the shell of the Linux that comes with Berth, in the window', () => {
  let home = ''
  let berth: OpenElectron
  let page: Page
  let person: Person
  const name = 'my first machine'

  const open = async (): Promise<void> => {
    berth = await openElectron({ home })
    page = berth.page
    page.setDefaultTimeout(patience.timeout)
    person = personAt(page)
  }
  const screen = async (): Promise<string> =>
    ((await page.locator('.xterm-rows').last().textContent()) ?? '').replaceAll('\u00a0', ' ')
  const screenIs = (pattern: RegExp): Promise<void> => expect.poll(screen, patience).toMatch(pattern)
  const header = (pattern: RegExp): Promise<void> =>
    expect.poll(() => page.locator('.machine-header').textContent(), patience).toMatch(pattern)
  const button = (label: string) => page.locator('.machine-header').getByRole('button', { name: label, exact: true })
  const type = async (line: string): Promise<void> => {
    await page.keyboard.type(line)
    await page.keyboard.press('Enter')
  }
  const toConsole = async (): Promise<void> => {
    await page.getByRole('tab', { name: 'Console' }).click()
    await page.locator('.xterm').last().click()
  }

  beforeAll(async () => {
    home = await makeHome({ locale: 'en', theme: 'light' })
    await open()
  })
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await picture(page, 'linux-window-failed')
  })
  afterAll(async () => {
    await berth?.close()
    await removeHome(home)
  })

  test('goes on with what was typed after it was suspended, Berth quit and was started again', async () => {
    await page.getByRole('button', { name: 'Start Linux' }).click()
    await screenIs(atPrompt)
    await type('remembered=yes; echo on the disk > note.txt')
    await type('cat note.txt')
    await screenIs(/on the disk\s*root@linux:~# *$/)
    await person.row(name).click({ button: 'right' })
    await page.getByRole('menuitem', { name: /^Suspend/ }).click()
    await header(/Suspended/)
    await picture(page, 'linux-window-suspended')
    await berth.close()

    await open()
    await person.choose(name, /Suspended/)
    await button('Resume').click()
    await header(/Running/)
    await toConsole()
    await type('clear; echo $remembered; cat note.txt')
    await screenIs(/^\s*yes\s*on the disk\s*root@linux:~# *$/)
    await picture(page, 'linux-window-awake')
  })

  test('is a new one after a reboot from inside, on the same disk', async () => {
    await type('clear; reboot')
    await screenIs(/Starting Linux from the disk/)
    // Its word of what to try clears the screen.
    await screenIs(atPrompt)
    await type('clear; echo "[$remembered]"; cat note.txt')
    await screenIs(/\[\]\s*on the disk\s*root@linux:~# *$/)
    await picture(page, 'linux-window-rebooted')
  })

  test('comes back from a snapshot with its memory after the power button switched the machine off', async () => {
    await type('clear; remembered=again')
    await screenIs(atPrompt)
    await person.takeSnapshot('awake')
    await button('Shut down').click()
    // It answers the button at once: neither a kill nor a crash.
    await header(/Stopped/)
    await picture(page, 'linux-window-off')
    await person.restore('awake', false)
    await header(/Running/)
    await toConsole()
    await type('clear; echo "[$remembered]"')
    await screenIs(/\[again\]\s*root@linux:~# *$/)
    await picture(page, 'linux-window-restored')
  })
})
