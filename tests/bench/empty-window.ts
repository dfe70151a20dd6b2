import { join } from 'node:path'
import { _electron, type ElectronApplication } from 'playwright-core'
import { electronRuntime } from '../support/electron-runtime.ts'
import { root } from '../support/window.ts'

/** A window of Electron's with one line in it and no program: the floor of what a window of Berth's costs. It needs a display. */
export async function openEmptyWindow(
  display: string,
): Promise<{ readonly app: ElectronApplication; readonly pid: number }> {
  const runtime = await electronRuntime()
  if (runtime === null) throw new Error('There is no Electron for this system')
  const app = await _electron.launch({
    executablePath: runtime.executable,
    args: ['--no-sandbox', join(root, 'tests/bench/empty-window')],
    env: { ...process.env, DISPLAY: display },
  })
  const { pid } = app.process()
  if (pid === undefined) throw new Error('The empty window has no process')
  return { app, pid }
}
