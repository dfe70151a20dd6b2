import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorOf } from '../../app/domain/errors.ts'
import type { MachineId } from '../../app/domain/ids.ts'
import { MiB } from '../../app/domain/units.ts'
import { write } from '../../app/messages/write.ts'
import { layoutOf } from '../../main/providers/qemu/layout.ts'
import { connectQmp } from '../../main/providers/qemu/qmp.ts'
import { op } from '../conformance/ground.ts'
import { wrongWith } from '../conformance/tree.ts'
import { qemuProcesses } from '../support/crash/qemu-disk.ts'
import { fileSize, waitInFile } from '../support/serial.ts'
import { missingQemu, type QemuGround, qemuGround } from './qemu-ground.ts'

describe.skipIf(missingQemu !== null)('a QEMU machine', () => {
  let ground: QemuGround
  beforeAll(async () => {
    ground = await qemuGround()
  })
  afterAll(async () => {
    await ground.leave()
    expect(ground.processesLeft()).toEqual([])
  })

  const memoryOf = (id: MachineId): Promise<string> => ground.ask(id, '?', /\[([^\]]*)\]\r\n/)
  const uuidOf = (id: MachineId): string => id.slice(id.indexOf(':') + 1)
  const snapshots = () => {
    const ops = ground.provider.snapshots
    if (ops === undefined) throw new Error('QEMU has no snapshots')
    return ops
  }
  const take = (id: MachineId, name: string): Promise<string> =>
    snapshots().take(id, { name, description: '', memory: true }, op())

  it('starts, says what is typed back and is off once it was asked to shut down', async () => {
    const id = await ground.make('first')
    await ground.start(id)
    expect(await ground.machine(id)).toMatchObject({ state: 'running', nativeState: 'running' })
    await ground.ask(id, 'hello', /hello/)
    await ground.provider.power.shutDown(id, op())
    expect(await ground.machine(id)).toMatchObject({ state: 'stopped', nativeState: 'off', remark: null })
  })

  it('outlives Berth: the next one finds it, with what it said before, and its console goes on', async () => {
    const id = await ground.make('outlives')
    await ground.start(id)
    await ground.ask(id, '~kept in memory\n', /OK/)
    const [pid] = await qemuProcesses(uuidOf(id))
    await ground.crash()
    expect(await ground.machine(id)).toMatchObject({ state: 'running' })
    expect(await qemuProcesses(uuidOf(id))).toEqual([pid])
    expect(await ground.provider.consoles?.tail(id, 20, op())).toContain('READY')
    expect(await memoryOf(id)).toBe('kept in memory')
    await ground.provider.power.powerOff(id, op())
    expect(await qemuProcesses(uuidOf(id))).toEqual([])
  })

  it('that was killed while no Berth looked is said to have crashed, and starts again over what it left', async () => {
    const id = await ground.make('killed')
    await ground.start(id)
    const [pid] = await qemuProcesses(uuidOf(id))
    const files = ['run.json', 'qemu.pid'].map((name) => join(ground.folderOf(id), name))
    const left = await Promise.all(files.map((path) => readFile(path)))
    process.kill(pid ?? 0, 'SIGKILL')
    await expect.poll(async () => (await ground.machine(id)).state).toBe('crashed')
    await ground.provider.dispose()
    // This process saw it end, and put its files in order: a Berth that was away finds them as they were.
    await Promise.all(files.map((path, index) => writeFile(path, left[index] ?? '')))
    await ground.crash()
    expect(await ground.machine(id)).toMatchObject({ state: 'crashed' })
    expect(await readdir(ground.folderOf(id))).not.toContain('qemu.pid')
    await ground.start(id)
    expect(await ground.machine(id)).toMatchObject({ state: 'running' })
    await ground.provider.power.powerOff(id, op())
  })

  it('is not taken for another process that has its number by now', async () => {
    const id = await ground.make('number')
    await ground.start(id)
    await ground.provider.power.powerOff(id, op())
    const path = join(ground.folderOf(id), 'run.json')
    const run = JSON.parse(await readFile(path, 'utf8'))
    const [boot] = String(run.process.startTime).split(':')
    await writeFile(
      path,
      JSON.stringify({ ...run, process: { pid: process.pid, startTime: `${boot}:1` }, ended: null }),
    )
    await ground.crash()
    expect((await ground.machine(id)).state).toBe('stopped')
    await ground.start(id)
    await ground.provider.power.powerOff(id, op())
  })

  it('is suspended to disk, stays so over a restart of Berth, and goes on with what was in its memory', async () => {
    const id = await ground.make('suspended')
    await ground.start(id)
    await ground.ask(id, '~only in memory\n', /OK/)
    await ground.provider.suspend?.suspend(id, op())
    expect(await ground.machine(id)).toMatchObject({ state: 'suspended' })
    expect(await qemuProcesses(uuidOf(id))).toEqual([])
    await ground.crash()
    expect(await ground.machine(id)).toMatchObject({ state: 'suspended' })
    await ground.provider.power.start(id, op())
    expect(await ground.machine(id)).toMatchObject({ state: 'running' })
    expect(await memoryOf(id)).toBe('only in memory')
    await ground.provider.power.powerOff(id, op())
  })

  it('keeps its disks alone when asked to while it runs, and boots from them when that is restored', async () => {
    const id = await ground.make('disks alone')
    await ground.start(id)
    await ground.ask(id, '=on the disk\n', /OK/)
    await ground.ask(id, '~in memory\n', /OK/)
    const snapshotId = await snapshots().take(id, { name: 'disks', description: '', memory: false }, op())
    expect((await snapshots().tree(id, op())).snapshots).toEqual([
      expect.objectContaining({ id: snapshotId, hasMemory: false }),
    ])
    expect(await memoryOf(id)).toBe('in memory')
    const [pid] = await qemuProcesses(uuidOf(id))
    const log = join(ground.folderOf(id), 'serial0.log')
    const from = await fileSize(log)
    await snapshots().restore(id, snapshotId, op())
    expect(await ground.machine(id)).toMatchObject({ state: 'running' })
    expect(await qemuProcesses(uuidOf(id))).not.toEqual([pid])
    await waitInFile(log, from, /READY/)
    // It has booted, and reads from its disk what was there.
    expect(await memoryOf(id)).toBe('on the disk')
    await snapshots().delete(id, snapshotId, op())
    await ground.provider.power.powerOff(id, op())
  })

  it('that was resumed and is being suspended again when Berth is killed goes on as it was', async () => {
    const id = await ground.make('again')
    await ground.start(id)
    await ground.provider.suspend?.suspend(id, op())
    const word = await readFile(join(ground.folderOf(id), 'suspended.json'))
    await ground.provider.power.start(id, op())
    await ground.ask(id, '~since then\n', /OK/)
    await ground.provider.dispose()
    // As far as a Berth comes that is killed then: the word is written, the guest stands still, nothing is saved yet.
    await writeFile(join(ground.folderOf(id), 'suspending.json'), word)
    const qmp = connectQmp(layoutOf(ground.host.dataDir, ground.host.runtimeDir).sockets(uuidOf(id)).qmp)
    await qmp.ready
    await qmp.execute('stop')
    qmp.close()
    await qmp.closed
    await ground.crash()
    expect(await ground.machine(id)).toMatchObject({ state: 'running' })
    expect(await memoryOf(id)).toBe('since then')
    expect(await readdir(ground.folderOf(id))).not.toContain('suspending.json')
    await ground.provider.power.powerOff(id, op())
  })

  it('goes back to a snapshot with memory, undoes it and redoes it', async () => {
    const id = await ground.make('tree')
    await ground.start(id)
    await ground.ask(id, '=one\n', /OK/)
    const first = await take(id, 'one')
    await ground.ask(id, '=two\n', /OK/)
    const both = (): Promise<string> => ground.ask(id, '?!', /(\[.*\]\s*\{.*\})/)
    await snapshots().restore(id, first, op())
    expect(await both()).toBe('[one]\r\n{one}')
    const [record] = (await snapshots().tree(id, op())).restores
    await snapshots().undo(id, record?.id ?? '', op())
    expect(await both()).toBe('[two]\r\n{two}')
    await snapshots().undo(id, record?.id ?? '', op())
    expect(await both()).toBe('[one]\r\n{one}')
    expect(wrongWith(await snapshots().tree(id, op()))).toEqual([])
    await ground.provider.power.powerOff(id, op())
  })

  it('runs on as it was when a snapshot of other hardware can’t be gone back to', async () => {
    const id = await ground.make('hardware')
    await ground.start(id)
    const old = await take(id, 'small')
    await ground.provider.power.powerOff(id, op())
    await ground.provider.configure?.configure(id, { memoryBytes: 64 * MiB }, op())
    await ground.start(id)
    await ground.ask(id, '~now\n', /OK/)
    const outcome = await snapshots()
      .restore(id, old, op())
      .then(
        () => null,
        (thrown: unknown) => errorOf(thrown),
      )
    expect(await ground.machine(id)).toMatchObject({ state: 'running' })
    if (outcome === null) {
      // It went back to the hardware as well, and can be undone.
      const [record] = (await snapshots().tree(id, op())).restores
      await snapshots().undo(id, record?.id ?? '', op())
    } else {
      expect(outcome.code).not.toBe('bug')
      expect(write(outcome.message, 'ko')).not.toMatch(/\{\w+\}/)
    }
    expect(await memoryOf(id)).toBe('now')
    expect(wrongWith(await snapshots().tree(id, op()))).toEqual([])
    await ground.provider.power.powerOff(id, op())
  })

  it('with UEFI keeps its variables in its snapshots, live too', async () => {
    const id = await ground.make('uefi', { firmware: 'uefi', memoryBytes: 128 * MiB })
    await ground.provider.power.start(id, op())
    const first = await take(id, 'in its firmware')
    const second = await take(id, 'later')
    await snapshots().restore(id, first, op())
    expect(await ground.machine(id)).toMatchObject({ state: 'running' })
    const [record] = (await snapshots().tree(id, op())).restores
    await snapshots().undo(id, record?.id ?? '', op())
    expect(await ground.machine(id)).toMatchObject({ state: 'running' })
    await ground.crash()
    await ground.provider.power.powerOff(id, op())
    await snapshots().restore(id, second, op())
    await snapshots().delete(id, first, op())
    const tree = await snapshots().tree(id, op())
    expect(wrongWith(tree)).toEqual([])
    await ground.provider.power.powerOff(id, op())
  })

  it('says on its page what runs it, and why when that is only software', async () => {
    const id = await ground.make('accelerator')
    await ground.start(id)
    const { facts, notices, commandLine } = await ground.provider.details(id, op())
    const line = String(commandLine)
    const fact = facts.find(({ label }) => typeof label !== 'string' && label.key === 'qemu.fact.accelerator')
    expect(fact).toBeDefined()
    if (line.includes('-accel kvm') || line.includes('accel=kvm')) expect(notices).toEqual([])
    else expect(notices.map(({ text }) => write(text, 'en')).join()).toMatch(/KVM/)
    await ground.provider.power.powerOff(id, op())
  })
})
