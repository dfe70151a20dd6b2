import { execFileSync } from 'node:child_process'
import { mkdtemp, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MachineId, parseId, type TaskId } from '../../app/domain/ids.ts'
import type { Machine } from '../../app/domain/machine.ts'
import type { VmSpec } from '../../app/domain/spec.ts'
import type { Task } from '../../app/domain/task.ts'
import { GiB, MiB } from '../../app/domain/units.ts'
import { write } from '../../app/messages/write.ts'
import { hostileNames } from '../conformance/hostile-names.ts'
import { wrongWith } from '../conformance/tree.ts'
import { connectTo, type TestClient } from '../support/client.ts'
import { qemuProcesses, readPattern, writePattern } from '../support/crash/qemu-disk.ts'
import { serve } from '../support/window.ts'

/** A whole Berth over real QEMU in one folder, which may be a file system of its own. */
interface World {
  readonly home: string
  readonly client: () => TestClient
  /** Kills Berth and starts it again. */
  readonly again: () => Promise<void>
  readonly close: () => Promise<void>
}

async function openWorld(home: string): Promise<World> {
  let berth = await serve({ home })
  let client = await connectTo(berth.address)
  await client.call('inventory.refresh')
  const kill = async (): Promise<void> => {
    berth.server.kill('SIGKILL')
    await berth.exited
  }
  return {
    home,
    client: () => client,
    async again() {
      await kill()
      berth = await serve({ home })
      client = await connectTo(berth.address)
      await client.call('inventory.refresh')
    },
    async close() {
      await kill()
      for (const pid of await qemuProcesses(home)) process.kill(pid, 'SIGKILL')
    },
  }
}

let source = ''
const specOf = (name: string, change: Partial<VmSpec> = {}): VmSpec => ({
  kind: 'vm',
  endpointId: 'qemu:local',
  name,
  arch: 'x86_64',
  cpus: 1,
  memoryBytes: 32 * MiB,
  disk: { from: 'image', path: source, format: 'qcow2', use: 'copy' },
  isoPath: null,
  network: { mode: 'none' },
  firmware: 'bios',
  startAfter: false,
  ...change,
})

async function make(world: World, spec: VmSpec): Promise<MachineId> {
  const { result } = await world.client().succeeded(await world.client().call('create.run', { spec }))
  if (result.machineId === undefined) throw new Error('nothing was made')
  return result.machineId
}
const start = async (world: World, id: MachineId): Promise<Task> =>
  world.client().ended(await world.client().call('machine.start', { id }))
const off = async (world: World, id: MachineId): Promise<Task> =>
  world.client().succeeded(await world.client().call('machine.powerOff', { id }))
async function machine(world: World, id: MachineId): Promise<Machine> {
  const found = (await world.client().call('inventory.get')).machines.find((one) => one.id === id)
  if (found === undefined) throw new Error(`${id} is gone`)
  return found
}
const folderOf = ({ home }: World, id: MachineId): string => join(home, 'data/qemu/machines', parseId(id)?.key ?? '')
const diskOf = (world: World, id: MachineId): string => join(folderOf(world, id), 'disk0.qcow2')

/** That a task failed as it should: with a code of its own, in words, and with what the tool said. */
function expectFailure(task: Task, ...codes: readonly string[]): void {
  expect(task.state).toBe('failed')
  expect(codes).toContain(task.error?.code)
  if (task.error === null) return
  for (const locale of ['en', 'ko'] as const) {
    expect(write(task.error.message, locale)).not.toMatch(/\{\w+\}/)
    expect(write(task.error.message, locale)).not.toBe(task.error.message.key)
  }
}

let world: World
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-h-'))
  source = join(folder, 'source.qcow2')
  execFileSync('qemu-img', ['create', '-f', 'qcow2', source, '16M'])
  await writePattern(source, 1)
  world = await openWorld(join(folder, 'home'))
})
afterAll(async () => {
  await world.close()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

describe('names that a person, a typo or a joker types', () => {
  it('stay as they are: of machines, of snapshots, in descriptions, over a crash', async () => {
    const made = new Map<MachineId, string>()
    for (const name of hostileNames) made.set(await make(world, specOf(name)), name)
    for (const [id, name] of made) {
      const task = await world.client().call('snapshot.take', { id, name, description: name, memory: false })
      await world.client().succeeded(task)
    }
    const [first, second] = [...made.keys()]
    for (const id of [first, second]) if (id !== undefined) expect((await start(world, id)).state).toBe('succeeded')
    await world.again()
    for (const [id, name] of made) {
      expect((await machine(world, id)).name).toBe(name)
      const { snapshots } = await world.client().call('snapshot.tree', { id })
      expect(snapshots.map((one) => [one.name, one.description])).toEqual([[name, name]])
    }
    for (const id of [first, second]) {
      if (id === undefined) continue
      expect((await machine(world, id)).state).toBe('running')
      await off(world, id)
    }
    expect((await readdir(join(world.home, 'data/qemu/machines'))).sort()).toEqual(
      [...made.keys()].map((id) => parseId(id)?.key).sort(),
    )
  })
})

describe('a disk file', () => {
  it('that is missing is said, and is found again when it is back', async () => {
    const id = await make(world, specOf('lost disk'))
    await rename(diskOf(world, id), `${diskOf(world, id)}.away`)
    expectFailure(await start(world, id), 'not-found')
    expect((await machine(world, id)).state).not.toBe('running')
    await rename(`${diskOf(world, id)}.away`, diskOf(world, id))
    await world.client().call('machine.check', { id })
    expect((await start(world, id)).state).toBe('succeeded')
    await off(world, id)
    expect(await readPattern(diskOf(world, id))).toBe(1)
  })

  it('that is damaged is said, is not written to, and starts when it is whole again', async () => {
    const id = await make(world, specOf('damaged disk'))
    const whole = await readFile(diskOf(world, id))
    const damaged = Buffer.from(whole)
    damaged.fill(0xff, 0, 512)
    await writeFile(diskOf(world, id), damaged)
    const task = await start(world, id)
    expectFailure(task, 'invalid-input')
    expect(task.error?.message.key).toBe('image.error.damaged')
    expect(Buffer.compare(await readFile(diskOf(world, id)), damaged)).toBe(0)
    await writeFile(diskOf(world, id), whole)
    expect((await start(world, id)).state).toBe('succeeded')
    await off(world, id)
  })
})

describe('what the computer cannot give', () => {
  it('a port that is in use is named, and the machine starts once it is free', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const hostPort = typeof address === 'object' && address !== null ? address.port : 0
    const forwards = [{ protocol: 'tcp' as const, hostAddress: '127.0.0.1', hostPort, guestPort: 22 }]
    const id = await make(world, specOf('port', { network: { mode: 'user', forwards } }))
    const task = await start(world, id)
    expectFailure(task, 'in-use')
    expect(task.error === null ? '' : write(task.error.message, 'en')).toContain(String(hostPort))
    await new Promise((resolve) => server.close(resolve))
    expect((await start(world, id)).state).toBe('succeeded')
    await off(world, id)
  })

  it('memory beyond all measure is refused, and the machine is as it was', async () => {
    const id = await make(world, specOf('greedy', { memoryBytes: 16_000 * GiB }))
    const task = await start(world, id)
    expectFailure(task, 'invalid-input')
    expect((await machine(world, id)).state).toBe('stopped')
    expect(await qemuProcesses(parseId(id)?.key ?? '')).toEqual([])
  })
})

describe.runIf(process.getuid?.() === 0 && process.platform === 'linux')('a full disk', () => {
  it('fails what needs room, leaves nothing half there, loses nothing, and all goes on when there is room', async () => {
    const small = join(folder, 'small')
    execFileSync('mkdir', [small])
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128m', 'tmpfs', small])
    const full = await openWorld(small)
    const began = async (task: Promise<TaskId>): Promise<Task> => full.client().ended(await task)
    try {
      const id = await make(full, specOf('full'))
      const doomed = await make(full, specOf('in the way'))
      const running = await make(full, specOf('running'))
      expect((await start(full, running)).state).toBe('succeeded')
      const live = { id: running, name: 'live', description: '', memory: true }
      const first = await full.client().succeeded(await full.client().call('snapshot.take', live))
      const snapshotId = first.result.snapshotId ?? ''
      await full
        .client()
        .succeeded(await full.client().call('machine.remove', { id: doomed, volumes: [], typedName: null }))
      await fill(join(small, 'ballast'))

      expectFailure(await began(full.client().call('create.run', { spec: specOf('no room') })), 'no-space')
      const taken = { id, name: 's', description: '', memory: false }
      expectFailure(await began(full.client().call('snapshot.take', taken)), 'no-space')
      const clone = { id, name: 'c', mode: 'full', snapshotId: null } as const
      expectFailure(await began(full.client().call('machine.clone', clone)), 'no-space')
      const isRunning = async (): Promise<void> => {
        expect((await machine(full, running)).state).toBe('running')
        expect(wrongWith(await full.client().call('snapshot.tree', { id: running }))).toEqual([])
      }
      expectFailure(await began(full.client().call('snapshot.take', live)), 'no-space')
      await isRunning()
      const room = await full.client().call('snapshot.room', { id: running, snapshotId })
      expect(room?.freeBytes).toBeLessThan(room?.neededBytes ?? 0)
      expectFailure(await began(full.client().call('snapshot.restore', { id: running, snapshotId })), 'no-space')
      await isRunning()
      expectFailure(await began(full.client().call('machine.suspend', { id: running })), 'no-space')
      await isRunning()

      await full.again()
      const names = (await full.client().call('inventory.get')).machines.map((one) => one.name)
      expect([...names].sort()).toEqual(['full', 'running'])
      const tree = await full.client().call('snapshot.tree', { id })
      expect(wrongWith(tree)).toEqual([])
      expect(tree.snapshots).toEqual([])
      await isRunning()

      // What makes room must not need any.
      const [item] = await full.client().call('trash.list')
      await full.client().succeeded(await full.client().call('trash.purge', { trashIds: [item?.id ?? ''] }))
      await fill(join(small, 'more ballast'))
      await off(full, running)
      const doomedSnapshot = { id: running, snapshotIds: [snapshotId] }
      await full.client().succeeded(await full.client().call('snapshot.delete', doomedSnapshot))

      await rm(join(small, 'ballast'))
      await full.client().succeeded(await full.client().call('snapshot.take', taken))
      expect((await start(full, id)).state).toBe('succeeded')
      await off(full, id)
      expect(await readPattern(diskOf(full, id))).toBe(1)
      expect(await readPattern(diskOf(full, running))).toBe(1)
      expect(await readdir(join(small, 'data/qemu/staging')).catch(() => [])).toEqual([])
    } finally {
      await full.close()
      execFileSync('umount', ['-l', small])
    }
  })
})

/** Writes into a file until nothing fits any more. */
async function fill(path: string): Promise<void> {
  for (const size of [1024 * 1024, 4096]) {
    const block = Buffer.alloc(size, 1)
    const ballast = await open(path, 'a')
    while (
      await ballast.write(block).then(
        ({ bytesWritten }) => bytesWritten === block.length,
        () => false,
      )
    ) {
      // Goes on.
    }
    await ballast.close()
  }
}
