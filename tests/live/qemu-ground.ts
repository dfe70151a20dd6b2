import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { MachineId } from '../../app/domain/ids.ts'
import type { Machine } from '../../app/domain/machine.ts'
import type { VmSpec } from '../../app/domain/spec.ts'
import { MiB } from '../../app/domain/units.ts'
import type { Host, Provider } from '../../main/providers/provider.ts'
import { createQemuProvider } from '../../main/providers/qemu/provider.ts'
import { op, temporaryHost } from '../conformance/ground.ts'
import { writeGuestDisk } from '../support/qemu-guest.ts'
import { askLine, fileSize, waitInFile } from '../support/serial.ts'

/** Why these tests cannot be run here; null when they can. */
export const missingQemu: string | null = hasTool('qemu-system-x86_64') && hasTool('qemu-img') ? null : 'no QEMU'

function hasTool(name: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, name)))
}

/** Real machines in folders of their own, and a second Berth on the same folders whenever a test wants one. */
export interface QemuGround {
  provider: Provider
  readonly host: Host
  readonly folder: string
  /** The guest's disk, raw: machines are made from copies of it. */
  readonly guestDisk: string
  readonly make: (name: string, change?: Partial<VmSpec>) => Promise<MachineId>
  readonly machine: (id: MachineId) => Promise<Machine>
  /** Starts it and waits until its guest has booted. */
  readonly start: (id: MachineId) => Promise<void>
  /** What the guest answers to what is typed: the first group of `answer`, or all. */
  readonly ask: (id: MachineId, typed: string, answer: RegExp, timeoutMs?: number) => Promise<string>
  /** Ends this Berth as a crash would: nothing is told to QEMU, nothing is written. */
  readonly crash: () => Promise<void>
  readonly folderOf: (id: MachineId) => string
  readonly processesLeft: () => readonly string[]
  readonly leave: () => Promise<void>
}

export async function qemuGround(): Promise<QemuGround> {
  const { host, folder, remove } = await temporaryHost()
  await mkdir(host.runtimeDir, { recursive: true })
  const guestDisk = await writeGuestDisk(folder)
  const provider = createQemuProvider(host)
  await provider.recover(op())

  const ground: QemuGround = {
    provider,
    host,
    folder,
    guestDisk,
    async make(name, change = {}) {
      const { create } = ground.provider
      if (create === undefined) throw new Error('no create')
      return create.create({ ...specOf(name, guestDisk), ...change }, op())
    },
    async machine(id) {
      const machine = await ground.provider.read(id, op())
      if (machine === null) throw new Error(`${id} is gone`)
      return machine
    },
    async start(id) {
      const log = join(ground.folderOf(id), 'serial0.log')
      const from = await fileSize(log)
      await ground.provider.power.start(id, op())
      await waitInFile(log, from, /READY/)
    },
    async ask(id, typed, answer, timeoutMs) {
      const { consoles } = ground.provider
      const target = await consoles?.target(id, 'serial0', { user: null, folder: null }, op())
      if (target?.kind !== 'socket') throw new Error('no serial line')
      return askLine(target.path, [typed], [answer], timeoutMs)
    },
    async crash() {
      await ground.provider.dispose()
      ground.provider = createQemuProvider(host)
      await ground.provider.recover(op())
    },
    folderOf: (id) => join(host.dataDir, 'machines', id.slice(id.indexOf(':') + 1)),
    processesLeft: () =>
      readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .flatMap((pid) => {
          const line = readCommandLine(pid)
          return line.includes(folder) && line.includes('qemu-system') ? [`${pid} ${line}`] : []
        }),
    async leave() {
      for (const name of await readdir(join(host.dataDir, 'machines')).catch(() => [])) {
        await ground.provider.power.powerOff(`qemu:${name}`, op()).catch(() => {})
      }
      await ground.provider.dispose()
      await remove()
    },
  }
  return ground
}

export function specOf(name: string, guestDisk: string): VmSpec {
  return {
    kind: 'vm',
    endpointId: 'qemu:local',
    name,
    arch: 'x86_64',
    cpus: 1,
    memoryBytes: 32 * MiB,
    disk: { from: 'image', path: guestDisk, format: 'raw', use: 'copy' },
    isoPath: null,
    network: { mode: 'none' },
    firmware: 'bios',
    startAfter: false,
  }
}

function readCommandLine(pid: string): string {
  try {
    return execFileSync('cat', [`/proc/${pid}/cmdline`], { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .replaceAll('\0', ' ')
  } catch {
    return ''
  }
}
