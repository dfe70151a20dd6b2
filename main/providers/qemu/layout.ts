import { createHash } from 'node:crypto'
import { join } from 'node:path'

/**
 * Where everything of this provider is. Machines, removed machines, half-made ones and shared bases stand at the same
 * depth, so that the relative path of a linked disk's base is right from each of them.
 */
export interface Layout {
  readonly machines: string
  /** Machines being made; renamed into `machines` when whole. */
  readonly staging: string
  readonly trash: string
  /** Disks that linked clones stand on. Never written to. */
  readonly bases: string
  machine(uuid: string): Folder
  staged(uuid: string): Folder
  removed(uuid: string): Folder
  base(baseId: string): string
  /** Sockets live apart: their paths hold about 100 bytes only. */
  sockets(uuid: string): Sockets
}

/** One machine's folder. */
export interface Folder {
  readonly path: string
  readonly definition: string
  readonly snapshots: string
  /** The process of the last start: who it is and how it ended. */
  readonly run: string
  /** Written by QEMU itself, locked while it runs, removed by it when it ends in good order. */
  readonly pid: string
  readonly log: string
  readonly serialLog: string
  /** What a suspended machine's memory was, and with which hardware. */
  readonly suspended: string
  readonly memory: string
  /** Present in the trash only. */
  readonly removed: string
  file(name: string): string
}

export interface Sockets {
  readonly qmp: string
  readonly serial: string
  /** Of its display; there only while a machine with one runs. */
  readonly vnc: string
}

export const varsFile = 'vars.qcow2'
export const memoryFile = 'memory.bin'
export const baseFile = 'base.qcow2'

export function layoutOf(dataDir: string, runtimeDir: string): Layout {
  const machines = join(dataDir, 'machines')
  const staging = join(dataDir, 'staging')
  const trash = join(dataDir, 'trash')
  const bases = join(dataDir, 'bases')
  // Two Berths with folders of their own may share one runtime folder: the machine's folder is part of the name.
  const short = (uuid: string): string => createHash('sha256').update(join(machines, uuid)).digest('hex').slice(0, 16)
  return {
    machines,
    staging,
    trash,
    bases,
    machine: (uuid) => folderAt(join(machines, uuid)),
    staged: (uuid) => folderAt(join(staging, uuid)),
    removed: (uuid) => folderAt(join(trash, uuid)),
    base: (baseId) => join(bases, baseId),
    sockets: (uuid) => ({
      qmp: join(runtimeDir, `${short(uuid)}.qmp`),
      serial: join(runtimeDir, `${short(uuid)}.serial`),
      vnc: join(runtimeDir, `${short(uuid)}.vnc`),
    }),
  }
}

/** The backing path written into a linked disk, seen from the folder the disk is in. */
export function baseReference(baseId: string): string {
  return `../../bases/${baseId}/${baseFile}`
}

function folderAt(path: string): Folder {
  const file = (name: string): string => join(path, name)
  return {
    path,
    definition: file('machine.json'),
    snapshots: file('snapshots.json'),
    run: file('run.json'),
    pid: file('qemu.pid'),
    log: file('qemu.log'),
    serialLog: file('serial0.log'),
    suspended: file('suspended.json'),
    memory: file(memoryFile),
    removed: file('removed.json'),
    file,
  }
}
