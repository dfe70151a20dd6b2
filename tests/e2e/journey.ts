import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Dockerd, startDockerd } from '../support/dockerd.ts'
import { writeGuestDisk } from '../support/qemu-guest.ts'
import { makeHome, type OpenBerth, type OpenOptions, picture, removeHome } from '../support/window.ts'
import { type Person, personAt } from './person.ts'

/** What differs between the ways in. */
export interface WayIn<Berth extends OpenBerth> {
  readonly name: string
  open(options: OpenOptions): Promise<Berth>
  /** Has a file asked for, and answers. */
  chooseFile(berth: Berth, path: string, ask: () => Promise<void>): Promise<void>
  /** Ends Berth as a person does. */
  quit(berth: Berth): Promise<void>
}

/**
 * The whole road, on the real tools: a machine is made from a disk image, started, typed into, kept, broken and brought back;
 * beside it a container of somebody else's the same way; Berth is closed and finds them all again.
 */
export function describeJourney<Berth extends OpenBerth>(way: WayIn<Berth>): void {
  describe(`a person in ${way.name}`, () => {
    let home = ''
    let image = ''
    let dockerd: Dockerd
    let berth: Berth
    let person: Person

    const open = async (): Promise<void> => {
      berth = await way.open({ home, env: dockerd.env })
      person = personAt(berth.page)
      await person.row('box').waitFor()
    }

    beforeAll(async () => {
      home = await makeHome({ firstRunDone: true, locale: 'en', theme: 'light' })
      image = await writeGuestDisk(home, 'guest.raw')
      dockerd = await startDockerd()
      await dockerd.importBusybox()
      // Without a shell of its own `sleep` does not hear that it is to stop.
      const box = ['--name', 'box', '--stop-timeout', '1', 'local/busybox:1', 'sleep', '1000000']
      await dockerd.docker('run', '--detach', ...box)
      await open()
    })

    afterEach(async ({ task }) => {
      if (task.result?.state === 'fail') await picture(berth.page, `${way.name}-failed-${task.name.slice(0, 20)}`)
    })

    afterAll(async () => {
      const page = berth.page
      if ((await person.row('journey').count()) > 0) await powerOff(page, person)
      await berth.close()
      await dockerd.close()
      await removeHome(home)
    })

    test('makes a machine from a disk image and starts it', async () => {
      const { page } = berth
      await page.keyboard.press('Control+n')
      const form = page.getByRole('dialog', { name: 'New machine' })
      const fromImage = form.getByRole('radio', { name: /^Use a disk image/ })
      await way.chooseFile(berth, image, () => fromImage.click({ force: true }))
      await form.getByText('guest.raw').waitFor()
      await form.getByRole('textbox', { name: 'Name' }).fill('journey')
      await picture(page, `${way.name}-create`)
      await page.keyboard.press('Control+Enter')
      await form.waitFor({ state: 'detached' })
      await person.row('journey').waitFor({ timeout: 30_000 })
      await person.choose('journey', /Running/)
    })

    test('types in its console', async () => {
      await person.openTerminal('journey')
      await person.ask('=before', /OK/)
      await person.ask('?', /\[before\]/)
    })

    test('takes a snapshot, breaks the machine, restores it, and undoes that', async () => {
      await person.takeSnapshot('good')
      await berth.page.getByRole('row', { name: /^good,/ }).click()
      await berth.page.getByRole('figure', { name: 'Screenshot' }).waitFor({ timeout: 20_000 })
      await picture(berth.page, `${way.name}-snapshot`)
      await person.ask('=broken', /OK/)
      await person.ask('!', /\{broken\}/)
      await person.restore('good')
      await picture(berth.page, `${way.name}-restored`)
      await person.ask('?', /\[before\]/)
      await person.ask('!', /\{before\}/)
      await person.undoRestore()
      await person.ask('?', /\[broken\]/)
      await person.ask('!', /\{broken\}/)
    })

    test('finds their container, works in its shell, takes it back and undoes that', async () => {
      await person.choose('box', /Running/)
      await person.openTerminal('box')
      await person.ask('echo before > /tmp/note; cat /tmp/note', /^before|[^ ]before/)
      await person.takeSnapshot('good box')
      await person.ask('echo broken > /tmp/note; cat /tmp/note', /broken/)
      await person.restore('good box')
      await person.choose('box', /Running/)
      expect(await dockerd.docker('exec', 'box', 'cat', '/tmp/note')).toBe('before')
      await person.undoRestore()
      await person.choose('box', /Running/)
      expect(await dockerd.docker('exec', 'box', 'cat', '/tmp/note')).toBe('broken')
      await picture(berth.page, `${way.name}-container`)
    })

    test('copies a file into their container and out of it again', async () => {
      await writeFile(join(home, 'letter.txt'), 'dear box')
      await person.choose('box', /Running/)
      const dialog = await person.chooseFromMenu('box', 'Copy files…')
      await dialog.getByRole('textbox', { name: 'File or folder on this computer' }).fill(join(home, 'letter.txt'))
      await dialog.getByRole('textbox', { name: 'Folder in the machine' }).fill('/tmp')
      await picture(berth.page, `${way.name}-copy-files`)
      await dialog.getByRole('button', { name: 'Copy', exact: true }).click()
      await dialog.waitFor({ state: 'hidden' })
      await expect
        .poll(() => dockerd.docker('exec', 'box', 'cat', '/tmp/letter.txt').catch(() => ''), { timeout: 20_000 })
        .toBe('dear box')

      const back = await person.chooseFromMenu('box', 'Copy files…')
      await back.getByRole('radio', { name: 'Out of the machine' }).click()
      await back.getByRole('textbox', { name: 'File or folder in the machine' }).fill('/tmp/letter.txt')
      await back.getByRole('textbox', { name: 'Folder on this computer' }).fill(home)
      await back.getByRole('button', { name: 'Copy', exact: true }).click()
      await expect.poll(() => back.textContent()).toContain('letter.txt')
      await rename(join(home, 'letter.txt'), join(home, 'sent.txt'))
      await back.getByRole('button', { name: 'Copy', exact: true }).click()
      await expect
        .poll(() => readFile(join(home, 'letter.txt'), 'utf8').catch(() => ''), { timeout: 20_000 })
        .toBe('dear box')
    })

    test('quits, and finds the machine running with all that its console said', async () => {
      await way.quit(berth)
      await open()
      await person.choose('journey', /Running/)
      await person.openTerminal('journey')
      await expect.poll(() => berth.page.locator('.xterm-rows').last().textContent()).toContain('[broken]')
      await person.ask('?', /\[broken\]/)
      await expect.poll(() => berth.page.locator('.undo-bar').textContent()).toContain('Redo restore')
    })

    test('loses nothing when Berth is killed', async () => {
      await berth.kill()
      await open()
      await person.choose('journey', /Running/)
      await person.openTerminal('journey')
      await person.ask('?', /\[broken\]/)
    })
  })
}

async function powerOff(page: Page, person: Person): Promise<void> {
  await person.row('journey').click()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox').fill('power off')
  await page
    .getByRole('option', { name: /^Power off/ })
    .first()
    .click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Power off', exact: true }).click()
  await page
    .locator('.machine-state')
    .filter({ hasText: /^Stopped/ })
    .waitFor()
}
