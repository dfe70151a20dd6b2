import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineId, SessionId } from '../../../app/domain/ids.ts'
import { connectTo, type TestClient } from '../../support/client.ts'
import { type Dockerd, startDockerd } from '../../support/dockerd.ts'
import { serve } from '../../support/window.ts'
import { patient } from './docker-world.ts'

let daemon: Dockerd
let home = ''
let berth: Awaited<ReturnType<typeof serve>>
let client: TestClient

const start = async (): Promise<void> => {
  berth = await serve({ home, env: daemon.env })
  client = await connectTo(berth.address)
  await client.call('inventory.refresh')
}

beforeAll(async () => {
  daemon = await startDockerd()
  await daemon.importBusybox()
  await daemon.docker('run', '--detach', '--name', 'one', 'local/busybox:1', ...patient)
  home = await mkdtemp(join(tmpdir(), 'berth-o-'))
  await start()
})
afterAll(async () => {
  berth?.server.kill('SIGKILL')
  await daemon?.close()
  await rm(home, { recursive: true, force: true, maxRetries: 5 })
})

/** What runs that this home's Berth started, itself left out: all of it inherits where the home is. */
async function helpers(): Promise<readonly string[]> {
  const found: string[] = []
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid) || pid === String(berth.server.pid)) continue
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
    if (!environment.split('\0').includes(`BERTH_HOME=${home}`)) continue
    found.push((await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim())
  }
  return found.filter((line) => line !== '')
}

/** The shells in the container beside its main program. */
async function shells(): Promise<readonly string[]> {
  const lines = (await daemon.docker('top', 'one', '-eo', 'pid,args')).split('\n').slice(1)
  return lines.map((line) => line.trim().replace(/^\d+\s+/, '')).filter((line) => /^sh$|^sleep 1000$/.test(line))
}

/** Bytes as the text they are. */
const decoded = (_key: string, value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value

async function open(id: MachineId, consoleId: string) {
  const sessionId: SessionId = await client.call('console.open', { id, consoleId, user: null, folder: null })
  let said = ''
  const stream = client.open(
    'console.attach',
    { sessionId, columns: 80, rows: 24 },
    {
      down(down) {
        said += JSON.stringify(down, decoded)
      },
      closed() {},
    },
  )
  await expect
    .poll(async () => (await client.call('console.list')).sessions.find((one) => one.id === sessionId)?.state)
    .toBe('live')
  return { sessionId, said: () => said, type: (data: string) => stream.up({ kind: 'input', data }) }
}

describe('a container that is removed outside while its shell is open', () => {
  it('leaves the list, and its terminal says what became of it and keeps its text', async () => {
    await daemon.docker('run', '--detach', '--name', 'doomed', 'local/busybox:1', ...patient)
    const listed = async () => (await client.call('inventory.get')).machines.find(({ name }) => name === 'doomed')
    await expect.poll(async () => (await listed())?.state).toBe('running')
    const id = (await listed())?.id
    if (id === undefined) throw new Error('the container is not listed')
    const { type, said, sessionId } = await open(id, 'shell')
    type('echo still $((20 + 22))\r')
    await expect.poll(said).toContain('still 42')
    await daemon.docker('rm', '--force', 'doomed')
    await expect.poll(listed).toBeUndefined()
    const session = async () => (await client.call('console.list')).sessions.find((one) => one.id === sessionId)
    await expect
      .poll(session)
      .toMatchObject({ state: 'ended', reason: { key: 'terminal.machineRemoved', params: { name: 'doomed' } } })
    let replayed = ''
    const again = client.open(
      'console.attach',
      { sessionId, columns: 80, rows: 24 },
      {
        down(down) {
          replayed += JSON.stringify(down, decoded)
        },
        closed() {},
      },
    )
    await expect.poll(() => replayed).toContain('still 42')
    again.close()
    await expect(
      client.call('console.open', { id, consoleId: 'shell', user: null, folder: null }),
    ).rejects.toMatchObject({
      error: { code: 'not-found' },
    })
    await client.call('console.close', { sessionId })
  })
})

describe('a Berth that is killed', () => {
  it('leaves no helper behind, and the next one ends the shells it left in containers', async () => {
    const { machines } = await client.call('inventory.get')
    const id = machines.find(({ name }) => name === 'one')?.id
    if (id === undefined) throw new Error('the container is not listed')
    await open(id, 'logs')
    const shell = await open(id, 'shell')
    shell.type('sleep 1000\r')
    await expect.poll(shells).toEqual(expect.arrayContaining(['sh', 'sleep 1000']))
    const running = await helpers()
    for (const what of [/docker .*events/, /docker .*logs --follow/, /docker .*exec --interactive/]) {
      expect(running.filter((line) => what.test(line)).length).toBeGreaterThan(0)
    }

    berth.server.kill('SIGKILL')
    await berth.exited
    await expect.poll(helpers).toEqual([])
    expect(await shells()).toEqual(expect.arrayContaining(['sh', 'sleep 1000']))

    await start()
    await expect.poll(shells).toEqual([])
    expect((await client.call('inventory.get')).machines.find((one) => one.id === id)?.state).toBe('running')
  })

  it('and one that ends in an orderly way leaves neither', async () => {
    const { machines } = await client.call('inventory.get')
    const id = machines.find(({ name }) => name === 'one')?.id
    if (id === undefined) throw new Error('the container is not listed')
    const shell = await open(id, 'shell')
    shell.type('sleep 1000\r')
    await expect.poll(shells).toEqual(expect.arrayContaining(['sleep 1000']))
    berth.server.kill('SIGTERM')
    await berth.exited
    await expect.poll(helpers).toEqual([])
    await expect.poll(shells).toEqual([])
  })
})
