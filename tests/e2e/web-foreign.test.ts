import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { connectTo, type TestClient } from '../support/client.ts'
import { makeHome, openBrowser, removeHome, serve } from '../support/window.ts'

describe('the web way in, met by a stranger', () => {
  let home = ''
  let berth: Awaited<ReturnType<typeof serve>>
  let own: TestClient
  let browser: Browser
  let stranger: Page
  let url: URL
  let token = ''
  const foreignSite = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<title>Foreign</title>')
  })

  beforeAll(async () => {
    home = await makeHome({ firstRunDone: true })
    berth = await serve({ home, mock: true, env: { BERTH_MOCK_STILL: '1' } })
    own = await connectTo(berth.address)
    url = new URL(berth.address)
    token = new URLSearchParams(url.hash.slice(1)).get('token') ?? ''
    await new Promise<void>((resolve) => foreignSite.listen(0, '127.0.0.1', resolve))
    browser = await openBrowser()
    stranger = await browser.newPage()
    await stranger.goto(`http://127.0.0.1:${(foreignSite.address() as AddressInfo).port}/`)
  })

  afterAll(async () => {
    await browser.close()
    foreignSite.close()
    own.close()
    berth.server.kill()
    await berth.exited
    await removeHome(home)
  })

  /** How an attempt to open the line from the stranger's page ends. */
  const attempt = (page: Page, given: string): Promise<string> =>
    page.evaluate(
      ([host, word]) =>
        new Promise<string>((resolve) => {
          const socket = new window.WebSocket(`ws://${host}/wire`, ['berth', word ?? ''])
          socket.onopen = () => resolve('open')
          socket.onclose = () => resolve('refused')
        }),
      [url.host, given] as const,
    )

  /** The status line that these request lines are answered with. */
  const answerTo = (lines: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(url.port), '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n`))
      socket.once('data', (bytes) => {
        resolve(bytes.toString().split('\r\n')[0] ?? '')
        socket.destroy()
      })
      socket.once('error', reject)
    })

  const logged = async (): Promise<string> => readFile(join(home, 'logs/berth.log'), 'utf8')

  test('opens no line for a page of another site, even one that has learnt the token', async () => {
    expect(await attempt(stranger, token)).toBe('refused')
    expect(await logged()).toMatch(/web\.refused.*origin/)
  })

  test('lets no page of another site read anything or show it in a frame', async () => {
    const read = stranger.evaluate((origin) => fetch(`${origin}/wire`).then((answer) => answer.status), url.origin)
    await expect(read).rejects.toThrow(/Failed to fetch/)
    await stranger.evaluate(
      (address) =>
        new Promise<void>((resolve) => {
          const frame = document.createElement('iframe')
          frame.src = address
          frame.onload = () => resolve()
          document.body.append(frame)
        }),
      berth.address,
    )
    expect(stranger.frames().map((frame) => frame.url())).not.toContain(berth.address)
    expect(stranger.frames().at(-1)?.url()).toContain('chrome-error:')
  })

  test('answers neither a foreign host name nor a wrong or missing token', async () => {
    const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13']
    const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
    const right = `Sec-WebSocket-Protocol: berth, ${token}`
    const origin = `Origin: ${url.origin}`
    const status = (...lines: string[]): Promise<string> => answerTo(['GET /wire HTTP/1.1', ...upgrade, key, ...lines])

    expect(await status('Host: rebound.example', 'Origin: http://rebound.example', right)).toContain('403')
    expect(await status(`Host: ${url.host}`, 'Origin: http://rebound.example', right)).toContain('403')
    expect(await status(`Host: ${url.host}`, right)).toContain('403')
    expect(await status(`Host: ${url.host}`, origin)).toContain('401')
    expect(await status(`Host: ${url.host}`, origin, 'Sec-WebSocket-Protocol: berth, wrong')).toContain('401')
    expect(await answerTo(['GET / HTTP/1.1', 'Host: rebound.example'])).toContain('403')
    expect(await answerTo(['GET /../../package.json HTTP/1.1', `Host: ${url.host}`])).toContain('404')
    expect(await status(`Host: ${url.host}`, origin, right)).toContain('101')
  })

  test('cuts a line off that sends nonsense or too much, carries nothing of it out, and serves the others on', async () => {
    // Everything is found before the line is misused, so that what is different afterwards is the misuse's doing.
    await own.call('inventory.refresh')
    const before = await own.call('inventory.get')
    const id = before.machines.find((machine) => machine.state === 'stopped')?.id
    const nonsense = [
      'not json',
      '{"t":"call"}',
      '{"t":"call","id":1,"name":"machine.start"}',
      `{"t":"call","id":1,"name":"machine.start","input":{"id":["${id}"]}}`,
      `{"t":"call","id":1,"name":"__proto__","input":{"id":"${id}"}}`,
      '{"t":"open","id":2,"name":"constructor"}',
      '[]',
      'null',
    ]
    const closed = (messages: readonly (string | Buffer)[]): Promise<number> =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`ws://${url.host}/wire`, ['berth', token], { origin: url.origin })
        socket.on('open', () => {
          for (const message of messages) socket.send(message)
        })
        socket.on('close', resolve)
        socket.on('error', reject)
      })

    expect(await closed(Array.from({ length: 10 }, () => nonsense).flat())).toBe(1008)
    expect(await closed([Buffer.alloc(8 * 1024 * 1024, 0x7b)])).toBe(1009)
    const after = await own.call('inventory.get')
    expect(after.machines).toEqual(before.machines)
    expect(await own.call('task.list')).toEqual([])
    expect(await logged()).toMatch(/refused/)
  })
})
