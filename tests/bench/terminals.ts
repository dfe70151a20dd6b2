import { makeHome, type OpenElectron, openElectron, removeHome } from '../support/window.ts'
import { watchTerminal } from './terminal-page.ts'

/** Berth's window with two terminals of this computer side by side: a pty each, and nothing between it and Berth. */
export interface Terminals {
  readonly berth: OpenElectron
  readonly home: string
  readonly sessions: readonly [string, string]
  close(): Promise<void>
}

export async function openTerminals(): Promise<Terminals> {
  const home = await makeHome({ firstRunDone: true, locale: 'en' })
  let berth: OpenElectron | null = null
  const close = async (): Promise<void> => {
    await berth?.close()
    await removeHome(home)
  }
  try {
    berth = await openElectron({ home, mock: true, env: { BERTH_MOCK_STILL: '1', SHELL: '/bin/sh' } })
    await berth.page.getByRole('row').first().waitFor()
    const first = await openShell(berth, [])
    const sessions = [first, await openShell(berth, [first])] as const
    // The second took the first one's place: side by side both are on screen.
    await berth.page.keyboard.press('Control+Shift+D')
    for (const id of sessions) await berth.page.locator(`[data-session="${id}"] .xterm-rows`).waitFor()
    for (const id of sessions) await watchTerminal(berth.page, id)
    return { berth, home, sessions, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Opens a terminal on this computer by the palette and waits for its prompt. */
async function openShell({ page }: OpenElectron, known: readonly string[]): Promise<string> {
  await page.locator('body').press(known.length === 0 ? 'Control+k' : 'Control+Shift+k')
  await page.getByRole('combobox').fill('terminal on this computer')
  await page.getByRole('option', { name: /terminal on this computer/ }).waitFor()
  await page.keyboard.press('Enter')
  const others = known.map((id) => `:not([data-session="${id}"])`).join('')
  const pane = page.locator(`[data-session]${others}`).first()
  await pane.locator('.xterm-rows').filter({ hasText: /[#$]/ }).waitFor()
  const id = await pane.getAttribute('data-session')
  if (id === null) throw new Error('no session in the pane')
  return id
}
