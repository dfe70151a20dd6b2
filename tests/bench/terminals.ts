import { type Dockerd, startDockerd } from '../support/dockerd.ts'
import { makeHome, type OpenElectron, openElectron, removeHome } from '../support/window.ts'
import { watchTerminal } from './terminal-page.ts'

/** Berth's window with two containers and a shell open in each. */
export interface Terminals {
  readonly berth: OpenElectron
  readonly dockerd: Dockerd
  readonly sessions: readonly [string, string]
  close(): Promise<void>
}

export async function openTerminals(): Promise<Terminals> {
  const dockerd = await startDockerd()
  const home = await makeHome({ firstRunDone: true, locale: 'en' })
  let berth: OpenElectron | null = null
  const close = async (): Promise<void> => {
    await berth?.close()
    await dockerd.close()
    await removeHome(home)
  }
  try {
    await dockerd.importBusybox()
    for (const name of ['quiet', 'flood']) {
      await dockerd.docker('run', '--detach', '--name', name, 'local/busybox:1', 'sleep', '1000000')
    }
    berth = await openElectron({ home, env: dockerd.env })
    const sessions = [await openShell(berth, 'quiet'), await openShell(berth, 'flood')] as const
    // The second took the first one's place: side by side both are on screen.
    await berth.page.keyboard.press('Control+Shift+D')
    for (const id of sessions) await berth.page.locator(`[data-session="${id}"] .xterm-rows`).waitFor()
    for (const id of sessions) await watchTerminal(berth.page, id)
    return { berth, dockerd, sessions, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Opens a shell in the dock and waits for its prompt. */
async function openShell({ page }: OpenElectron, name: string): Promise<string> {
  await page.getByRole('row', { name: new RegExp(`^${name},`) }).click()
  await page.keyboard.press('Control+t')
  const pane = page.getByRole('region', { name: new RegExp(name) })
  await pane.locator('.xterm-rows').filter({ hasText: /[#$]/ }).waitFor()
  const id = await pane.getAttribute('data-session')
  if (id === null) throw new Error('no session in the pane')
  return id
}
