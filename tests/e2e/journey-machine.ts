import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeHome, type OpenElectron, openElectron, picture, removeHome } from '../support/window.ts'
import { type Person, personAt } from './person.ts'

/** A tool that is ready for a person who makes a machine. */
interface ReadyTool {
  /** What the machine begins with; null where the guest comes with the tool. */
  readonly image: string | null
  /** Puts the tool away; says what of it is still there. */
  leave(): Promise<readonly string[]>
}

/** A line that is typed, and what the guest answers. */
type Line = readonly [line: string, answer: RegExp]

/** How a guest keeps a word on its disk. */
interface Guest {
  readonly prompt: RegExp
  write(word: string): Line
  read(word: string): Line
}

/** The guest of assets/guest. */
export const monitor: Guest = {
  prompt: />\s*$/,
  write: (word) => [`write ${word}`, /Written\sto\sthe\sdisk/],
  read: (word) => ['read', new RegExp(`On\\sthe\\sdisk:\\s${word}`)],
}

/** The guest of assets/linux. */
export const linux: Guest = {
  prompt: /root@linux:~#\s*$/,
  write: (word) => [`echo ${word} > note`, new RegExp(`echo\\s${word}\\s>\\snote\\s*root@`)],
  read: (word) => ['cat note', new RegExp(`cat\\snote\\s*${word}`)],
}

/** What differs between the tools. */
export interface MachineJourney {
  readonly name: string
  readonly guest: Guest
  /** The tool's card in the form of a new machine. */
  readonly card: RegExp
  ready(): Promise<ReadyTool>
}

/** The main road of one machine in the real window: made, typed into, kept, broken, brought back, and that undone. */
export function describeMachineJourney({ name, guest, card, ready }: MachineJourney): void {
  describe(`a person with a ${name} machine`, () => {
    let home = ''
    let tool: ReadyTool | undefined
    let berth: OpenElectron
    let person: Person

    beforeAll(async () => {
      home = await makeHome({ firstRunDone: true, locale: 'en', theme: 'light' })
      tool = await ready()
      berth = await openElectron({ home })
      person = personAt(berth.page)
    })

    afterEach(async ({ task }) => {
      if (task.result?.state === 'fail') await picture(berth.page, `${name}-failed-${task.name.slice(0, 20)}`)
    })

    afterAll(async () => {
      await berth?.close()
      const left = await tool?.leave()
      await removeHome(home)
      expect(left).toEqual([])
    })

    test('makes it, starts it and types in its terminal', async () => {
      const { app, page } = berth
      const image = tool?.image ?? null
      await app.evaluate(({ dialog }, chosen) => {
        dialog.showOpenDialog = async () => ({ canceled: chosen === null, filePaths: chosen === null ? [] : [chosen] })
      }, image)
      await page.getByRole('link', { name: /^All machines/ }).waitFor()
      await page.keyboard.press('Control+n')
      const form = page.getByRole('dialog', { name: 'New machine' })
      await form.getByRole('radio', { name: card }).click()
      if (image !== null) {
        await form.getByRole('radio', { name: /^Use a disk image/ }).click({ force: true })
        await form.getByText(image.slice(image.lastIndexOf('/') + 1)).waitFor()
      }
      await form.getByRole('textbox', { name: 'Name' }).fill('journey')
      await page.keyboard.press('Control+Enter')
      await form.waitFor({ state: 'detached' })
      await person.choose('journey', /Running/)
      await person.openTerminal('journey')
      // What is typed while a PC starts is nobody's.
      await page.locator('.xterm-rows').filter({ hasText: guest.prompt }).waitFor({ timeout: 30_000 })
      await person.ask(...guest.write('before'))
      await person.ask(...guest.read('before'))
    })

    test('takes a snapshot, breaks it, restores it with what its disk held, and undoes that', async () => {
      await person.takeSnapshot('good')
      await person.ask(...guest.write('broken'))
      await person.ask(...guest.read('broken'))
      await person.restore('good')
      await person.ask(...guest.read('before'))
      await person.undoRestore()
      await person.ask(...guest.read('broken'))
    })
  })
}
