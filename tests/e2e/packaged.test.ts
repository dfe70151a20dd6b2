import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { extractFile, listPackage } from '@electron/asar'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openDisplay } from '../support/display.ts'
import { electronRuntime } from '../support/electron-runtime.ts'
import { makeHome, picture, removeHome, root } from '../support/window.ts'

/** How a fuse stands in the binary: the characters 0 and 1. */
const fuse = { off: 0x30, on: 0x31 }

const run = (file: string, args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    // Hard links would let the fuses be burnt into the Electron that is copied.
    const child = spawn(file, args, { cwd: root, env: { ...process.env, USE_HARD_LINKS: 'false' } })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes) => {
        said += bytes
      })
    }
    child.once('close', (code) => (code === 0 ? resolve(said) : reject(new Error(said))))
  })

describe('the packaged program for Linux', () => {
  let folder = ''
  let executable = ''
  let archive = ''

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'packaged-'))
    const runtime = await electronRuntime()
    if (runtime === null) throw new Error('There is no Electron for this system')
    const stock = join(folder, 'electron')
    await cp(runtime.folder, stock, { recursive: true, filter: (source) => !source.endsWith('/resources') })
    await mkdir(join(stock, 'resources'))
    await run(process.execPath, [
      join(root, 'node_modules/electron-builder/cli.js'),
      ...['--linux', 'dir', `-c.electronDist=${stock}`, `-c.electronVersion=${runtime.version}`],
      `-c.directories.output=${join(folder, 'release')}`,
    ])
    executable = join(folder, 'release/linux-unpacked/berth')
    archive = join(folder, 'release/linux-unpacked/resources/app.asar')
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('has every fuse set that keeps it from being turned into something else', async () => {
    const wire = await getCurrentFuseWire(executable)
    const states = {
      runAsNode: wire[FuseV1Options.RunAsNode],
      nodeOptions: wire[FuseV1Options.EnableNodeOptionsEnvironmentVariable],
      inspect: wire[FuseV1Options.EnableNodeCliInspectArguments],
      cookieEncryption: wire[FuseV1Options.EnableCookieEncryption],
      asarIntegrity: wire[FuseV1Options.EnableEmbeddedAsarIntegrityValidation],
      onlyAsar: wire[FuseV1Options.OnlyLoadAppFromAsar],
      fileProtocol: wire[FuseV1Options.GrantFileProtocolExtraPrivileges],
    }
    expect(states).toEqual({
      runAsNode: fuse.off,
      nodeOptions: fuse.off,
      inspect: fuse.off,
      cookieEncryption: fuse.on,
      asarIntegrity: fuse.on,
      onlyAsar: fuse.on,
      fileProtocol: fuse.off,
    })
  })

  test('holds the build and the terminal, and nothing of the sources or the tools', () => {
    const tops = listPackage(archive, { isPack: false }).map((path) => path.split('/').slice(1, 3).join('/'))
    expect([...new Set(tops)].sort()).toEqual(
      [
        'node_modules',
        'node_modules/@lydell',
        'node_modules/node-pty',
        'out',
        'out/main',
        'out/preload',
        'out/renderer',
        'package.json',
      ].sort(),
    )
    expect(JSON.parse(extractFile(archive, 'package.json').toString())).toMatchObject({ main: 'out/main/index.js' })
  })

  test('opens its window', async () => {
    await inWindow({ firstRunDone: true, locale: 'en' }, { BERTH_MOCK: '1' }, async (page) => {
      await page.getByRole('row').first().waitFor()
      expect(await page.title()).toContain('Berth')
      await picture(page, 'packaged')
    })
  })

  test('runs a machine of its own, with what it brings in its archive', async () => {
    await inWindow({ locale: 'en' }, {}, async (page, home) => {
      await page.getByRole('button', { name: 'Start Linux' }).click()
      const machines = join(home, 'data/builtin/machines')
      await vi.waitFor(async () => {
        const [machine = ''] = await readdir(machines)
        expect(await readFile(join(machines, machine, 'serial0.log'), 'utf8')).toContain(
          'Nothing was installed on your computer',
        )
      }, 60_000)
    })
  })

  /** Runs the packaged program with settings and an environment, and does something in its window. */
  async function inWindow(
    settings: Record<string, unknown>,
    env: Readonly<Record<string, string>>,
    act: (page: Page, home: string) => Promise<void>,
  ): Promise<void> {
    const home = await makeHome(settings)
    const display = await openDisplay()
    const program = spawn(executable, ['--no-sandbox', '--remote-debugging-port=0'], {
      env: { ...process.env, ...env, DISPLAY: display.name, BERTH_HOME: home },
    })
    const exited = once(program, 'exit')
    const endpoint = await new Promise<string>((resolve, reject) => {
      let said = ''
      program.stderr.on('data', (bytes) => {
        said += bytes
        const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1]
        if (found !== undefined) resolve(found)
      })
      program.once('exit', () => reject(new Error(said)))
    })
    await pageLoaded(endpoint)
    const browser = await chromium.connectOverCDP(endpoint)
    try {
      const context = browser.contexts()[0]
      const page = context?.pages()[0] ?? (await context?.waitForEvent('page'))
      if (page === undefined) throw new Error('There is no window')
      await act(page, home)
    } finally {
      await browser.close()
      program.kill('SIGTERM')
      await exited
      await display.close()
      await removeHome(home)
    }
  }
})

/**
 * Waits until the program's page is there and loaded, by asking without attaching: Playwright may stop for good over a page
 * that comes while it connects.
 */
async function pageLoaded(endpoint: string): Promise<void> {
  const list = `http://${new URL(endpoint).host}/json/list`
  await vi.waitFor(
    async () => {
      const targets = (await (await fetch(list)).json()) as readonly { readonly type: string; readonly title: string }[]
      expect(targets).toContainEqual(expect.objectContaining({ type: 'page', title: expect.stringContaining('Berth') }))
    },
    { timeout: 30_000, interval: 50 },
  )
}
