import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { _electron, type Browser, chromium, type ElectronApplication, type Page } from 'playwright-core'
import { openDisplay } from './display.ts'
import { electronRuntime } from './electron-runtime.ts'
import { servedAddress } from './served-address.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** The size of the design's pictures. */
export const windowSize = { width: 1280, height: 800 }

/** The font that the design was drawn with, on systems that have none of their own for windows. */
const fonts = { FONTCONFIG_FILE: join(root, 'tests/support/fonts.conf') }

export interface OpenOptions {
  /** Becomes `BERTH_HOME`. */
  readonly home: string
  /** Pretended machines instead of the real tools'. */
  readonly mock?: boolean
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
}

/** A Berth that is open, whichever way in. */
export interface OpenBerth {
  readonly page: Page
  /** Of the process that has main in it. */
  readonly pid: number
  /** What that process wrote to its standard output and error. */
  readonly output: () => string
  /** Ends it in an orderly way; machines run on. */
  close(): Promise<void>
  /** Ends it as a crash would. */
  kill(): Promise<void>
}

export interface OpenElectron extends OpenBerth {
  readonly app: ElectronApplication
  /** Settles when it has ended, by itself or by one of us, and nothing of it is left. */
  readonly ended: Promise<void>
}

export interface OpenWeb extends OpenBerth {
  readonly browser: Browser
  /** With the token. */
  readonly address: string
}

/** How long the window's program may take to answer; less than a test may take, so that what it said is told. */
const launchMs = 60_000

/** How long an orderly end may take before it counts as hanging. */
const endingMs = 15_000

/** Opens the real window. */
export async function openElectron(options: OpenOptions): Promise<OpenElectron> {
  const runtime = await electronRuntime()
  if (runtime === null) throw new Error('There is no Electron for this system: npx install-electron')
  const display = await openDisplay()
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  let output = ''
  try {
    const app = await _electron.launch({
      executablePath: runtime.executable,
      args: [...sandbox, '-r', join(root, 'tests/support/hold-window.cjs'), root, ...(options.args ?? [])],
      env: environmentOf(options, { DISPLAY: display.name }),
      timeout: launchMs,
    })
    const main = app.process()
    for (const stream of [main.stdout, main.stderr]) {
      stream?.on('data', (bytes) => {
        output += bytes
      })
    }
    const exited = new Promise<void>((resolve) => {
      if (main.exitCode !== null || main.signalCode !== null) resolve()
      else main.once('exit', () => resolve())
    })
    const page = await app.firstWindow()
    const ended = exited.then(() => display.close())
    const end = async (signal: NodeJS.Signals): Promise<void> => {
      main.kill(signal)
      await within(endingMs, ended, () => `Berth did not end: ${output}`, main)
    }
    return {
      app,
      page,
      ended,
      pid: main.pid ?? 0,
      output: () => output,
      close: () => end('SIGTERM'),
      kill: () => end('SIGKILL'),
    }
  } catch (error) {
    await display.close()
    throw error
  }
}

/** Opens the web way in, in Chromium. */
export async function openWeb(options: OpenOptions): Promise<OpenWeb> {
  const { server, address, output, exited } = await serve(options)
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    await browser.close()
    server.kill(signal)
    await within(endingMs, exited, () => `Berth did not end: ${output()}`, server)
  }
  const browser = await openBrowser()
  const page = await browser.newPage({ viewport: windowSize })
  await page.goto(address)
  return {
    browser,
    page,
    address,
    pid: server.pid ?? 0,
    output,
    close: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  }
}

/** Starts the web way in and waits until it says where it is. */
export async function serve(options: OpenOptions) {
  const server = spawn(process.execPath, [join(root, 'out/main/serve.js'), ...(options.args ?? [])], {
    cwd: root,
    env: environmentOf(options, {}),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(server, 'exit')
  const { address, output } = servedAddress(server)
  return { server, address: await address, exited, output }
}

/** The Chromium that is installed, without a window. */
export function openBrowser(): Promise<Browser> {
  const names = ['/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chromium-browser']
  const found = names.find((path) => existsSync(path))
  if (found === undefined) throw new Error('There is no Chromium here')
  const env = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({ executablePath: found, args, env: { ...env, ...fonts } })
}

/** A short folder for `BERTH_HOME`, with these settings in it when any are given. */
export async function makeHome(settings?: Readonly<Record<string, unknown>>): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'berth-'))
  if (settings !== undefined) {
    await mkdir(join(home, 'config'), { recursive: true })
    await writeFile(join(home, 'config/settings.json'), JSON.stringify(settings))
  }
  return home
}

export function removeHome(home: string): Promise<void> {
  return rm(home, { recursive: true, force: true, maxRetries: 5 })
}

/** Keeps a picture of the page in `test-results/pictures`; its path. */
export async function picture(page: Page, name: string): Promise<string> {
  const path = join(root, 'test-results/pictures', `${name}.png`)
  await page.screenshot({ path, animations: 'disabled' })
  return path
}

function environmentOf(options: OpenOptions, more: Readonly<Record<string, string>>): Record<string, string> {
  const own = Object.entries(process.env).filter(
    // What says that tests run must not reach the program that is tested.
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(VITEST|NODE_ENV|NODE_OPTIONS|TEST$)/.test(entry[0]),
  )
  const mock: Record<string, string> = options.mock === true ? { BERTH_MOCK: '1' } : {}
  return { ...Object.fromEntries(own), ...fonts, BERTH_HOME: options.home, ...mock, ...more, ...options.env }
}

/** Waits for an end; what does not end in time is ended, and that is an error. */
async function within(limitMs: number, ended: Promise<unknown>, why: () => string, of: ChildProcess): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const isLate = new Promise<true>((resolve) => {
    timer = setTimeout(() => resolve(true), limitMs)
  })
  const late = await Promise.race([ended.then(() => false), isLate])
  clearTimeout(timer)
  if (!late) return
  of.kill('SIGKILL')
  await ended
  throw new Error(why())
}
