import { join } from 'node:path'

/** Where everything of this provider is. */
export interface Layout {
  readonly machines: string
  /** Machines being made; renamed into `machines` when whole. */
  readonly staging: string
  readonly trash: string
  machine(uuid: string): Folder
  staged(uuid: string): Folder
  removed(uuid: string): Folder
}

/** One machine's folder. */
export interface Folder {
  readonly path: string
  readonly definition: string
  readonly disk: string
  readonly bios: string
  readonly vgaBios: string
  readonly snapshots: string
  /** The files of all snapshots are in it. */
  readonly snapshotsPath: string
  /** The last start: when it was and how it ended. */
  readonly run: string
  readonly serialLog: string
  /** What a suspended machine's memory belongs to. There only when the memory is whole. */
  readonly suspended: string
  readonly memory: string
  /** Present in the trash only. */
  readonly removed: string
  snapshotFile(id: string, kind: SnapshotFile): string
}

/** What is kept of a snapshot, and what the names of its files end with. */
export const snapshotFiles = { disk: 'disk0.img', memory: 'memory.bin', suspended: 'suspended.json' } as const
export type SnapshotFile = keyof typeof snapshotFiles

export function layoutOf(dataDir: string): Layout {
  const machines = join(dataDir, 'machines')
  const staging = join(dataDir, 'staging')
  const trash = join(dataDir, 'trash')
  return {
    machines,
    staging,
    trash,
    machine: (uuid) => folderAt(join(machines, uuid)),
    staged: (uuid) => folderAt(join(staging, uuid)),
    removed: (uuid) => folderAt(join(trash, uuid)),
  }
}

function folderAt(path: string): Folder {
  const file = (name: string): string => join(path, name)
  return {
    path,
    definition: file('machine.json'),
    disk: file('disk0.img'),
    bios: file('bios.bin'),
    vgaBios: file('vgabios.bin'),
    snapshots: file('snapshots.json'),
    snapshotsPath: file('snapshots'),
    run: file('run.json'),
    serialLog: file('serial0.log'),
    suspended: file('suspended.json'),
    memory: file('memory.bin'),
    removed: file('removed.json'),
    snapshotFile: (id, kind) => join(path, 'snapshots', `${id}.${snapshotFiles[kind]}`),
  }
}
