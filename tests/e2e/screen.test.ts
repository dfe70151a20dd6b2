import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeHome, type OpenElectron, openElectron, picture, removeHome, windowSize } from '../support/window.ts'

let home: string
let berth: OpenElectron
let page: Page

const patience = { timeout: 20_000 }
const display = (name: string) => page.getByRole('application', { name: `Display of ${name}` })
/** What a screen reader is given of a text screen. */
const said = (): Promise<string> =>
  page
    .locator('.display pre')
    .textContent({ timeout: 5_000 })
    .then((text) => text ?? '')
    .catch(() => '')

async function openScreen(name: string): Promise<void> {
  await page.getByRole('row', { name: new RegExp(`^${name},`) }).click()
  await page.keyboard.press('Control+2')
  await display(name).waitFor(patience)
}
const resizeWindow = (width: number): Promise<void> =>
  berth.app.evaluate(({ BrowserWindow }, next) => {
    const [window] = BrowserWindow.getAllWindows()
    window?.setContentSize(next, window.getContentSize()[1] ?? 0)
  }, width)
const line = (): Promise<string> => page.locator('.display-line').innerText()

beforeAll(async () => {
  home = await makeHome({ firstRunDone: true, locale: 'en', theme: 'light' })
  berth = await openElectron({ home, mock: true, env: { BERTH_MOCK_STILL: '1', BERTH_MOCK_SPEED: '10' } })
  page = berth.page
  await page.getByRole('row', { name: /^alpine-router,/ }).waitFor(patience)
})

afterAll(async () => {
  await berth?.close()
  await removeHome(home)
})

afterEach(async () => {
  await page.keyboard.press('Control+Alt')
})

describe('a text screen', () => {
  test('shows what the guest writes, to the eye and to a screen reader', async () => {
    await openScreen('alpine-router')
    await expect.poll(said, patience).toContain('Type “help”.')
    await expect.poll(() => page.locator('.display-size').innerText(), patience).toBe('80 × 25')
    await picture(page, 'screen-text-light')
  })

  test('leaves the window its keys until it is clicked, then takes every one', async () => {
    await openScreen('alpine-router')
    await expect.poll(line, patience).toBe('Click the display, or press Enter, to type in it.')
    await display('alpine-router').click()
    await expect.poll(line).toBe('Keyboard captured by alpine-router. Press Ctrl+Alt to release.')
    await page.keyboard.type('echo hello')
    await page.keyboard.press('Shift+Digit1')
    await page.keyboard.type(' ')
    await page.keyboard.press('Shift+Period')
    await page.keyboard.type(' note\ncat note\n')
    await expect.poll(said, patience).toMatch(/> cat note\nhello!\n>/)
    await page.keyboard.press('Control+k')
    await page.keyboard.press('Control+2')
    expect(await page.getByRole('listbox').count()).toBe(0)
    await picture(page, 'screen-captured-light')
  })

  test('gives the keys back for Ctrl+Alt, and holds none of them', async () => {
    await openScreen('alpine-router')
    await display('alpine-router').click()
    await expect.poll(line).toContain('Keyboard captured by')
    await page.keyboard.press('Control+Alt')
    await expect.poll(line).toContain('Click the display')
    await page.keyboard.press('Control+k')
    await page.getByRole('listbox').waitFor(patience)
    await page.keyboard.press('Escape')
    await page.getByRole('listbox').waitFor({ state: 'detached' })
  })

  test('lets go of a held key when the focus goes elsewhere', async () => {
    await openScreen('alpine-router')
    await display('alpine-router').click()
    await expect.poll(line).toContain('Keyboard captured by')
    await page.keyboard.down('ShiftLeft')
    await page.getByRole('row', { name: /^freebsd-14-router,/ }).focus()
    await page.keyboard.up('ShiftLeft')
    await expect.poll(line).toContain('Click the display')
    await display('alpine-router').click()
    await page.keyboard.type('echo lower\n')
    await expect.poll(said, patience).toContain('echo lower\nlower')
  })

  test('types what is on the clipboard, and copies what is on it', async () => {
    await openScreen('freebsd-14-router')
    await expect.poll(said, patience).toContain('Type “help”.')
    await page.evaluate(() => navigator.clipboard.writeText('echo pasted\n'))
    await page.getByRole('button', { name: 'Special keys' }).click()
    await page.getByRole('menuitem', { name: 'Type the clipboard text' }).click()
    await expect.poll(said, patience).toContain('> echo pasted\npasted\n')
    await page.getByRole('button', { name: 'Copy text from the display' }).click()
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText()), patience).toContain('> echo pasted')
  })

  test('goes dark with its machine and says how to go on, in both looks', async () => {
    await openScreen('alpine-router')
    await display('alpine-router').click()
    await expect.poll(line).toContain('Keyboard captured by')
    await page.keyboard.type('poweroff\n')
    const cover = page.locator('.display-cover')
    await expect.poll(() => cover.innerText(), patience).toContain('alpine-router is not running.')
    await picture(page, 'screen-off-light')
    await cover.getByRole('button', { name: 'Start' }).click()
    await expect.poll(line, patience).toContain('Click the display')
    await expect.poll(said, patience).toContain('Type “help”.')
  })
})

describe('a screen of pixels', () => {
  /** The colour of the canvas at a part of it. */
  const colourAt = (x: number, y: number): Promise<readonly number[]> =>
    page.evaluate(
      ([partX, partY]) => {
        const canvas = document.querySelector<HTMLCanvasElement>('.display .screen-canvas')
        const at = canvas
          ?.getContext('2d')
          ?.getImageData(canvas.width * (partX ?? 0), canvas.height * (partY ?? 0), 1, 1)
        return [...(at?.data ?? [])]
      },
      [x, y],
    )

  test('is drawn as the guest draws it, and follows the pointer', async () => {
    await openScreen('win11-dev')
    await expect.poll(() => colourAt(0.2, 0.3), patience).toEqual([244, 246, 248, 255])
    const size = page.locator('.display-size')
    await expect.poll(() => size.innerText(), patience).toMatch(/^800 × 600, \d+%$/)
    await display('win11-dev').click({ position: { x: 60, y: 60 } })
    await expect.poll(line).toContain('Keyboard captured by win11-dev')
    const box = await page.locator('.display .screen-canvas').boundingBox()
    if (box === null) throw new Error('no canvas')
    await page.mouse.move(box.x + box.width * 0.75, box.y + box.height * 0.75)
    await expect.poll(() => colourAt(0.753, 0.753), patience).toEqual([244, 246, 248, 255])
    await page.keyboard.press('a')
    await picture(page, 'screen-pixels-light')
  })

  test('is shown at its own size when that is asked for', async () => {
    await openScreen('win11-dev')
    await page.getByRole('button', { name: 'Show at actual size' }).click()
    await expect.poll(() => page.locator('.display-size').innerText(), patience).toBe('800 × 600, 100%')
    await page.getByRole('button', { name: 'Fit to window' }).click()
    await expect.poll(() => page.locator('.display-size').innerText(), patience).not.toContain('100%')
  })

  test('takes the size of the window where its guest can, and follows it', async () => {
    await openScreen('win11-dev')
    const size = (): Promise<string> => page.locator('.display-size').innerText()
    const follow = page.getByRole('button', { name: 'Resize guest to window' })
    await follow.click()
    const room = async (): Promise<string> => {
      const box = await display('win11-dev').boundingBox()
      // The outline has 3 px on each side.
      const width = Math.floor((box?.width ?? 0) - 6)
      return `${width - (width % 8)} × ${Math.floor((box?.height ?? 0) - 6)}, 100%`
    }
    await expect.poll(size, patience).toBe(await room())
    await picture(page, 'screen-followed-light')
    const before = await room()
    await resizeWindow(1100)
    await expect.poll(room).not.toBe(before)
    await expect.poll(size, patience).toBe(await room())
    await resizeWindow(windowSize.width)
    await expect.poll(size, patience).toBe(before)
    await follow.click()
    await openScreen('alpine-router')
    await expect.poll(line, patience).toContain('Click the display')
    expect(await follow.count()).toBe(0)
  })

  test('holds the pointer where the guest only feels it move', async () => {
    await openScreen('실습용 우분투 서버')
    await expect.poll(() => colourAt(0.2, 0.3), patience).toEqual([244, 246, 248, 255])
    await display('실습용 우분투 서버').click()
    await expect.poll(() => page.evaluate(() => document.pointerLockElement !== null), patience).toBe(true)
    await page.keyboard.press('Control+Alt')
    await expect.poll(() => page.evaluate(() => document.pointerLockElement !== null), patience).toBe(false)
  })

  test('is small on the overview, and dim once its machine is off', async () => {
    await page.getByRole('row', { name: /^win11-dev,/ }).click()
    await page.keyboard.press('Control+1')
    const preview = page.getByRole('img', { name: 'Display of win11-dev' })
    await preview.waitFor(patience)
    await picture(page, 'screen-preview-light')
    await page.getByRole('button', { name: 'More ways to stop' }).click()
    await page.getByRole('menuitem', { name: 'Power off' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Power off', exact: true }).click()
    await expect.poll(() => page.locator('.preview-time').innerText(), patience).toMatch(/^Screenshot from /)
    await picture(page, 'screen-preview-off-light')
  })
})
