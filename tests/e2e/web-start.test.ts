import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { makeHome, openBrowser, removeHome, root } from '../support/window.ts'

describe('the web way in, as it starts', () => {
  let home = ''
  let folder = ''
  let berth: ChildProcess | null = null

  beforeEach(async () => {
    home = await makeHome({ firstRunDone: true, locale: 'en' })
    folder = await mkdtemp(join(tmpdir(), 'berth-start-'))
  })

  afterEach(async () => {
    if (berth !== null && berth.exitCode === null && berth.signalCode === null) {
      berth.kill('SIGTERM')
      await once(berth, 'exit')
    }
    berth = null
    await removeHome(home)
    await rm(folder, { recursive: true })
  })

  function start(script: string, env: Readonly<Record<string, string>> = {}): ChildProcess {
    berth = spawn(process.execPath, [join(root, script), '--web', '--mock'], {
      cwd: root,
      env: { ...process.env, BERTH_HOME: home, BERTH_MOCK_STILL: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return berth
  }

  /** The address with the token, as it is printed. */
  function addressOf(started: ChildProcess): Promise<URL> {
    let output = ''
    return new Promise((resolve, reject) => {
      started.stdout?.on('data', (bytes) => {
        output += bytes
        const found = /http:\/\/\S+(?=\s)/.exec(output)
        if (found !== null) resolve(new URL(found[0]))
      })
      started.once('exit', () => reject(new Error(`Berth ended: ${output}`)))
    })
  }

  const logged = (): Promise<string> => readFile(join(home, 'logs/berth.log'), 'utf8')
  const refuse = (address: URL): Promise<void> =>
    new Promise((resolve, reject) => {
      const asked = request({ port: address.port, host: '127.0.0.1', method: 'POST' }, (answer) => {
        answer.resume()
        answer.once('end', resolve)
      })
      asked.once('error', reject)
      asked.end()
    })

  test('a browser is opened with a ticket that is good once, and no command line holds the token', async () => {
    const opened = join(folder, 'opened')
    await writeFile(
      join(folder, 'xdg-open'),
      `#!/bin/sh\nprintf '%s\\n' "$1" > '${opened}.part'\nmv '${opened}.part' '${opened}'\n`,
      {
        mode: 0o755,
      },
    )
    const env = { PATH: `${folder}:${process.env['PATH']}`, DISPLAY: ':0', BERTH_NO_BROWSER: '' }
    const printed = await addressOf(start('main/launch.mjs', env))
    const token = new URLSearchParams(printed.hash.slice(1)).get('token') ?? ''
    const given = await vi.waitFor(async () => (await readFile(opened, 'utf8')).trim(), 20_000)
    expect(token.length).toBeGreaterThan(40)
    expect(given).toContain('#ticket=')
    expect(given).not.toContain(token)

    const browser = await openBrowser()
    try {
      const page = await browser.newPage()
      await page.goto(given)
      await page.getByRole('row').first().waitFor()
      expect(page.url()).toBe(`${printed.origin}/`)
      await page.reload()
      await page.getByRole('row').first().waitFor()
      const second = await (await browser.newContext()).newPage()
      const traded = second.waitForResponse((answer) => new URL(answer.url()).pathname === '/key')
      await second.goto(given)
      expect((await traded).status()).toBe(401)
      expect(await second.evaluate(() => sessionStorage.getItem('token'))).toBeNull()
    } finally {
      await browser.close()
    }
  })

  test('a page whose style sheets were broken off by a change of the network loads them again', async () => {
    const { href } = await addressOf(start('out/main/serve.js'))
    const browser = await openBrowser()
    try {
      const page = await browser.newPage()
      const brokenOff: string[] = []
      await page.route('**/*.css', async (route) => {
        const path = new URL(route.request().url()).pathname
        if (brokenOff.filter((one) => one === path).length >= 2) return route.continue()
        brokenOff.push(path)
        return route.abort('connectionaborted')
      })
      await page.goto(href)
      await page.getByRole('row').first().waitFor()
      const bodyMargin = () => page.evaluate(() => getComputedStyle(document.body).margin)
      await expect.poll(bodyMargin).toBe('0px')
      expect(brokenOff.length).toBeGreaterThanOrEqual(2)
    } finally {
      await browser.close()
    }
  })

  test('the reader of standard error may go: the log keeps what it had and Berth goes on', async () => {
    const started = start('out/main/serve.js')
    const address = await addressOf(started)
    started.stderr?.destroy()
    started.stdout?.destroy()
    await refuse(address)
    await vi.waitFor(async () => expect(await logged()).toContain('web.refused'))
    await refuse(address)
    expect(await logged()).not.toContain('EPIPE')
    expect(await logged()).toContain('"event":"start"')
    expect(started.exitCode).toBeNull()
  })

  test('a lock that is a folder ends the start with its path', async () => {
    const path = join(home, 'data/berth.lock')
    await mkdir(path, { recursive: true })
    const started = start('out/main/serve.js')
    let output = ''
    started.stderr?.on('data', (bytes) => {
      output += bytes
    })
    const [code] = await once(started, 'close')
    expect(code).toBe(1)
    expect(output).toContain(`(EISDIR): ${path}.`)
    expect(output.trim().split('\n')).toHaveLength(1)
  })
})
