import { createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { errorOf } from '../../../app/domain/errors.ts'
import { openSource } from '../../../main/console/open.ts'
import type { ConsoleSource } from '../../../main/console/source.ts'
import type { ConsoleTarget } from '../../../main/console/target.ts'
import { type Stage, stage, watch } from './harness.ts'

const size = { columns: 80, rows: 24 }
const opened: ConsoleSource[] = []
const stages: Stage[] = []

afterEach(async () => {
  for (const source of opened.splice(0)) source.close()
  for (const { session } of stages.splice(0)) await session.close()
})

/** Opens a console and collects what it says. */
async function listen(target: ConsoleTarget): Promise<ConsoleSource & { said: () => string; isOver: () => boolean }> {
  let said = ''
  let isOver = false
  const source = await openSource(target, size, null, {
    data: (bytes) => {
      said += Buffer.from(bytes).toString('latin1')
    },
    ended: () => {
      isOver = true
    },
  })
  opened.push(source)
  return { ...source, said: () => said, isOver: () => isOver }
}

/** A terminal whose near side the test holds, as a hypervisor holds the near side of a serial line. */
async function terminal() {
  const near = await listen({
    kind: 'pty',
    title: 'near',
    file: 'sh',
    // What is typed into the near side is not echoed, and nothing reads it but who opens the device.
    args: ['-c', 'stty -echo; tty; exec sleep 600'],
    env: {},
    explain: () => null,
  })
  await expect.poll(near.said).toMatch(/\/dev\/\S+\r?\n/)
  return { near, path: /\/dev\/\S+/.exec(near.said())?.[0] ?? '' }
}

describe('a serial line behind a terminal device', () => {
  it('carries every byte both ways as it is, line ends and control characters too', async () => {
    const { near, path } = await terminal()
    const line = await listen({ kind: 'device', title: 'serial 1', path })
    near.write('login:\r\n\x03\x04\x1b[A')
    await expect.poll(line.said).toBe('login:\r\n\x03\x04\x1b[A')
    const before = near.said().length
    line.write('root\r\x03')
    await expect.poll(() => near.said().slice(before)).toBe('root\r\x03')
  })

  it('waits when nobody reads, and goes on where it was', async () => {
    const { near, path } = await terminal()
    const line = await listen({ kind: 'device', title: 'serial 1', path })
    line.pause()
    near.write('while paused')
    line.resume()
    await expect.poll(line.said).toBe('while paused')
  })

  it('ends when the other side hangs up', async () => {
    const { near, path } = await terminal()
    const line = await listen({ kind: 'device', title: 'serial 1', path })
    near.close()
    await expect.poll(line.isOver).toBe(true)
  })

  it('says that a device is not there, and refuses what is no terminal', async () => {
    for (const path of ['/dev/berth-nothing', '/dev/null']) {
      const error = await listen({ kind: 'device', title: 'serial 1', path }).catch((thrown) => errorOf(thrown))
      expect(error).toMatchObject({ code: 'unreachable', message: { key: 'terminal.noLine' } })
    }
  })
})

describe('a serial line behind a TCP port', () => {
  it('is found again by itself after it broke', async () => {
    const callers: Socket[] = []
    const server = createServer((socket) => {
      socket.on('error', () => {})
      callers.push(socket)
      socket.write(`caller ${callers.length}\r\n`)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    const made = stage('serial', async () => ({ kind: 'tcp', title: 'serial 1', host: '127.0.0.1', port }))
    stages.push(made)
    const screen = watch(made.session)
    await screen.until((text) => text.includes('caller 1'))
    callers[0]?.destroy()
    await screen.until((text) => text.includes('caller 2'))
    expect(made.told.map(({ state }) => state)).toContain('lost')
    for (const caller of callers) caller.destroy()
    server.close()
  })
})
