import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineId } from '../../app/domain/ids.ts'
import type { VmSpec } from '../../app/domain/spec.ts'
import { MiB } from '../../app/domain/units.ts'
import { op } from '../conformance/ground.ts'
import { type BuiltinGround, builtinGround } from '../support/builtin-ground.ts'
import { type LinuxShell, linuxPrompt, shellOf } from '../support/linux-shell.ts'

const patienceMs = 150_000
const linux: Partial<VmSpec> = { guest: 'linux', disk: { from: 'guest' }, memoryBytes: 32 * MiB }
type Network = VmSpec['network']
const bytes = Buffer.alloc(MiB, 'What a guest is to have byte for byte. ')
const sum = createHash('md5').update(bytes).digest('hex')

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as { port: number }).port
}

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await portOf(server)
  server.close()
  await once(server, 'close')
  return port
}

describe('the network of the Linux that comes with Berth', { timeout: 2 * patienceMs }, () => {
  let ground: BuiltinGround
  let served = 0
  const waiting = new Set<Socket>()
  const uploads: Buffer[] = []
  const pages = createHttpServer((_request, response) => response.end(bytes))
  /** Begins an answer that never ends, and takes what it gets. */
  const silent = createServer((socket) => {
    waiting.add(socket)
    socket.write('HTTP/1.0 200 OK\r\n\r\ngreetings\n')
    socket.on('error', () => {})
    socket.on('data', (part) => uploads.push(part))
  })
  let silentPort = 0
  beforeAll(async () => {
    ground = await builtinGround()
    served = await portOf(pages)
    silentPort = await portOf(silent)
  })
  afterAll(async () => {
    pages.close()
    silent.close()
    for (const socket of waiting) socket.destroy()
    await ground.leave()
  })

  const started = async (id: MachineId): Promise<LinuxShell> => {
    await ground.provider.power.start(id, op())
    const shell = await shellOf(ground.provider, id)
    await shell.until(linuxPrompt, patienceMs)
    return shell
  }
  const user = (more: Partial<Extract<Network, { mode: 'user' }>> = {}): Network => ({
    mode: 'user',
    forwards: [],
    hostPorts: [served, silentPort],
    ...more,
  })
  const configure = (id: MachineId, network: Network) => ground.provider.configure?.configure(id, { network }, op())
  const hasAddress = async (shell: LinuxShell): Promise<boolean> =>
    (await shell.run('ip address show eth0')).includes('10.0.2.15/24')
  const online = (shell: LinuxShell) =>
    shell.run('until ip address show eth0 | grep -q 10.0.2.15/24; do usleep 50000; done')
  const forward = (hostPort: number, guestPort = 80) =>
    ({ protocol: 'tcp', hostAddress: '127.0.0.1', hostPort, guestPort }) as const
  const page = (port: number): Promise<string> =>
    fetch(`http://127.0.0.1:${port}/`).then(
      (response) => response.text(),
      (error: unknown) => String(error),
    )

  const shows = (port: number) => expect.poll(() => page(port), { timeout: patienceMs }).toBe('the guest\n')

  it('is off until it is switched on while the machine runs, and reaches what it may and nothing else', async () => {
    const id = await ground.make('outward', linux)
    const shell = await started(id)
    expect(await hasAddress(shell)).toBe(false)
    expect(await shell.run(`wget -q -T 3 -O - http://10.0.2.2:${served}/ 2>&1`)).toContain('unreachable')

    await configure(id, user())
    await online(shell)
    expect(await shell.run(`wget -q -O - http://host.internal:${served}/ | md5sum`)).toContain(sum)
    expect(await shell.run(`wget -q -O - http://10.0.2.2:${served}/ | head -c 38`)).toContain(
      'What a guest is to have byte for byte.',
    )
    // Neither another port of this computer, nor its loopback by another address, nor the local network.
    for (const address of ['10.0.2.2:22', '169.254.169.254', '192.168.1.1', '10.0.2.16']) {
      expect(await shell.run(`wget -q -T 5 -O - http://${address}/ 2>&1`)).toMatch(
        /No route to host|unreachable|timed out/,
      )
    }
    expect(await shell.run(`wget -q -O - http://127.0.0.1:${served}/ 2>&1`)).toContain('refused')
    expect(await shell.run('ping -c 1 -W 2 10.0.2.2')).toContain('1 packets received')
    expect(await shell.run('ping -c 1 -W 1 192.0.2.1')).toContain(' 0 packets received')
    expect(await shell.run('nslookup host.internal')).toContain('Address: 10.0.2.2')
    expect(await shell.run('nslookup name.invalid')).toMatch(/NXDOMAIN|SERVFAIL/)

    await shell.run(`head -c 1000000 /dev/zero | tr '\\0' u | nc host.internal ${silentPort} & echo sent`)
    await expect.poll(() => Buffer.concat(uploads).length, { timeout: patienceMs }).toBe(1_000_000)
    expect(Buffer.concat(uploads).every((byte) => byte === 117)).toBe(true)

    await configure(id, { mode: 'none' })
    await shell.run('while ip address show eth0 | grep -q 10.0.2.15/24; do usleep 50000; done')
    shell.end()
    await ground.provider.power.powerOff(id, op())
  })

  it('shows its pages at a port of this computer, also after a restore', async () => {
    const id = await ground.make('inward', { ...linux, network: user({ forwards: [forward(0)] }) })
    // Nobody named one: it was chosen, and stays the machine's.
    const network = (await ground.provider.configure?.read(id, op()))?.values.network
    const port = network?.mode === 'user' ? (network.forwards[0]?.hostPort ?? 0) : 0
    expect(port).toBeGreaterThan(1023)
    expect((await ground.machine(id)).addresses).toEqual([])
    const shell = await started(id)
    await online(shell)
    await shell.run('echo "the guest" > /var/www/index.html')
    await shows(port)
    expect((await ground.machine(id)).addresses).toEqual([`127.0.0.1:${port}`])
    const facts = (await ground.provider.details(id, op())).facts
    expect(facts.find(({ group }) => group === 'connect')?.openUrl).toBe(`http://127.0.0.1:${port}/`)

    const snapshotId =
      (await ground.provider.snapshots?.take(id, { name: 'on', description: '', memory: true }, op())) ?? ''
    await shell.run('echo "changed" > /var/www/index.html; sync')
    await ground.provider.snapshots?.restore(id, snapshotId, op())
    await shows(port)
    shell.end()
    await ground.provider.power.powerOff(id, op())
    expect(await page(port)).toContain('fetch failed')
  })

  it('has its ports again after it was suspended and after a reboot, and is told which connections are gone', async () => {
    const port = await freePort()
    const id = await ground.make('again', { ...linux, network: user({ forwards: [forward(port)] }) })
    const shell = await started(id)
    await online(shell)
    await shell.run('echo "the guest" > /var/www/index.html')
    // What waits for an answer when the machine is suspended waits for one that never comes.
    shell.type(`wget -q -O - http://host.internal:${silentPort}/; echo wget en""ded\r`)
    await shell.until(/greetings/, patienceMs)
    shell.end()
    await ground.provider.suspend?.suspend(id, op())
    expect(await page(port)).toContain('fetch failed')
    await ground.again()
    await ground.provider.power.start(id, op())
    const after = await shellOf(ground.provider, id)
    await after.until(/wget ended/, patienceMs)
    await shows(port)

    after.type('\x03reboot\r')
    await after.until(/Starting Linux from the disk[\s\S]*root@linux:\S+# $/, patienceMs)
    await online(after)
    await shows(port)
    after.end()
    await ground.provider.power.powerOff(id, op())
  })

  it('names a port that another program has, before anything starts, and leaves a running machine as it was', async () => {
    const holder = createServer()
    const taken = await portOf(holder)
    const id = await ground.make('taken', { ...linux, network: user({ forwards: [forward(taken)] }) })
    await expect(ground.provider.power.start(id, op())).rejects.toMatchObject({
      error: { code: 'in-use', message: { key: 'builtin.error.portInUse', params: { port: String(taken) } } },
    })
    expect((await ground.machine(id)).state).toBe('stopped')
    const port = await freePort()
    await configure(id, user({ forwards: [forward(port)] }))
    const shell = await started(id)
    await expect(configure(id, user({ forwards: [forward(port), forward(taken, 81)] }))).rejects.toThrow()
    expect((await ground.provider.configure?.read(id, op()))?.values.network).toEqual(
      user({ forwards: [forward(port)] }),
    )
    await online(shell)
    await expect.poll(() => page(port), { timeout: patienceMs }).toContain('<')
    shell.end()
    await ground.provider.power.powerOff(id, op())
    holder.close()
  })
})
