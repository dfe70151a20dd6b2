import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeHome, type OpenElectron, openElectron, removeHome } from '../support/window.ts'

describe('the window', () => {
  let home = ''
  let berth: OpenElectron

  beforeAll(async () => {
    home = await makeHome({ firstRunDone: true, locale: 'en' })
    berth = await openElectron({ home, mock: true, env: { BERTH_MOCK_STILL: '1' } })
    await berth.page.getByRole('row').first().waitFor()
  })

  afterAll(async () => {
    await berth.close()
    await removeHome(home)
  })

  const logged = (): Promise<string> => readFile(join(home, 'logs/berth.log'), 'utf8')

  test('has no Node in its page and nothing of main to reach for', async () => {
    const found = await berth.page.evaluate(() =>
      ['require', 'process', 'module', 'Buffer', 'global', 'electron', 'ipcRenderer'].filter((name) => name in window),
    )
    expect(found).toEqual([])
  })

  test('runs sandboxed and isolated', async () => {
    const preferences = await berth.app.evaluate(({ webContents }) => {
      const contents = webContents.getAllWebContents()[0] as unknown as { getLastWebPreferences(): object }
      return contents.getLastWebPreferences()
    })
    expect(preferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
    })
  })

  test('goes nowhere else and opens no other window', async () => {
    const here = berth.page.url()
    await berth.page.evaluate(() => {
      window.location.href = 'https://example.com/'
    })
    const opened = await berth.page.evaluate(() => window.open('https://example.com/') === null)
    expect(opened).toBe(true)
    expect(berth.page.url()).toBe(here)
    expect(berth.app.windows()).toHaveLength(1)
    await expect.poll(logged).toMatch(/navigation\.refused/)
    expect(await logged()).toMatch(/window\.refused/)
  })

  test('runs no script but its own and talks to nobody else', async () => {
    const inline = await berth.page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'window.intruder = true'
      document.body.append(script)
      return 'intruder' in window
    })
    expect(inline).toBe(false)
    const reached = await berth.page.evaluate(() =>
      fetch('https://example.com/')
        .then(() => true)
        .catch(() => false),
    )
    expect(reached).toBe(false)
    const evaluated = await berth.page.evaluate(() => {
      const script = document.createElement('button')
      script.setAttribute('onclick', 'window.intruder = true')
      script.click()
      return 'intruder' in window
    })
    expect(evaluated).toBe(false)
  })

  test('is given no permission that its page could ask for', async () => {
    const states = await berth.page.evaluate(async () => {
      const names = ['geolocation', 'notifications', 'camera', 'microphone'] as PermissionName[]
      return Promise.all(names.map(async (name) => (await navigator.permissions.query({ name })).state))
    })
    expect(states).toEqual(['denied', 'denied', 'denied', 'denied'])
  })
})
