import { dirname, isAbsolute, resolve } from 'node:path'
import { MiB } from '../../../app/domain/units.ts'
import { createTurns } from '../../turns.ts'
import { type Hardware, readHardware } from './settings-hardware.ts'
import { type Medium, readMedia } from './settings-media.ts'
import { attributeOf, childOf, childrenOf, type Element, flagOf, parseXml } from './xml.ts'

/** What a machine's `.vbox` file says: everything but whether it runs just now. Paths are absolute. */
export interface Settings {
  readonly uuid: string
  readonly name: string
  readonly description: string
  /** VirtualBox's own word, as for `--ostype`: `Debian_64`. */
  readonly osType: string
  /** `/` is none. */
  readonly groups: readonly string[]
  readonly snapshotFolder: string
  readonly logFolder: string
  /** The memory it was saved with; null when it is not saved. */
  readonly stateFile: string | null
  /** Its process ended without being asked to. */
  readonly isAborted: boolean
  readonly wasTeleported: boolean
  /** ISO 8601 UTC; written when it goes on or off, not at every pause. */
  readonly lastStateChange: string | null
  readonly currentSnapshotId: string | null
  /** Whether anything changed since the current snapshot. */
  readonly isModified: boolean
  /** How a person wants it started, in VirtualBox's word (`gui`, `separate`, `headless`); null when it was never said. */
  readonly defaultFrontEnd: string | null
  /** Notes on the machine, by their keys: VirtualBox's extra data. */
  readonly notes: ReadonlyMap<string, string>
  readonly hardware: Hardware
  /** In no order; parents come before children. */
  readonly snapshots: readonly SettingsSnapshot[]
  /** Of this machine and its snapshots: what it uses, and what they stand on. */
  readonly media: readonly Medium[]
}

export interface SettingsSnapshot {
  readonly uuid: string
  readonly name: string
  readonly description: string
  readonly parentId: string | null
  /** ISO 8601 UTC. */
  readonly takenAt: string | null
  /** The memory it was taken with; null when it was off. */
  readonly stateFile: string | null
  readonly hardware: Hardware
}

/** Reads a `.vbox` file (format 1.12 to 1.20). Throws when it is no such file or not whole. */
export async function parseSettings(text: string, path: string): Promise<Settings> {
  const root = await parseXml(text)
  // An encrypted machine tells its name and UUID, and keeps the rest where only its password opens it.
  const machine = childOf(root, 'Machine') ?? childOf(root, 'MachineEncrypted')
  const uuid = uuidOf(machine, 'uuid')
  if (machine === null || uuid === null) throw new Error('no machine inside')
  const folder = dirname(path)
  const absolute = (given: string | null): string | null =>
    given === null || given === '' ? null : isAbsolute(given) ? given : resolve(folder, given)
  return {
    uuid,
    name: attributeOf(machine, 'name') ?? '',
    description: childOf(machine, 'Description')?.text ?? '',
    osType: attributeOf(machine, 'OSType') ?? '',
    groups: groupsOf(machine),
    snapshotFolder: absolute(attributeOf(machine, 'snapshotFolder')) ?? resolve(folder, 'Snapshots'),
    logFolder: resolve(folder, 'Logs'),
    stateFile: absolute(attributeOf(machine, 'stateFile')),
    isAborted: flagOf(machine, 'aborted'),
    wasTeleported: childOf(machine, 'Teleported') !== null,
    lastStateChange: timeOf(attributeOf(machine, 'lastStateChange')),
    currentSnapshotId: uuidOf(machine, 'currentSnapshot'),
    isModified: flagOf(machine, 'currentStateModified', true),
    defaultFrontEnd: attributeOf(childOf(childOf(childOf(machine, 'Hardware'), 'Frontend'), 'Default'), 'type'),
    notes: notesOf(machine),
    hardware: readHardware(machine),
    snapshots: await snapshotsOf(machine, absolute),
    media: readMedia(machine, absolute),
  }
}

function groupsOf(machine: Element): readonly string[] {
  const names = childrenOf(childOf(machine, 'Groups'), 'Group').map((group) => attributeOf(group, 'name') ?? '')
  return names.length === 0 ? ['/'] : names
}

function notesOf(machine: Element): ReadonlyMap<string, string> {
  const items = childrenOf(childOf(machine, 'ExtraData'), 'ExtraDataItem')
  return new Map(items.map((item) => [attributeOf(item, 'name') ?? '', attributeOf(item, 'value') ?? '']))
}

/** Without recursion: a chain of snapshots may be a thousand deep. */
async function snapshotsOf(
  machine: Element,
  absolute: (path: string | null) => string | null,
): Promise<readonly SettingsSnapshot[]> {
  const turns = createTurns()
  const found: SettingsSnapshot[] = []
  const rest = childrenOf(machine, 'Snapshot').map((element) => ({ element, parentId: null as string | null }))
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (turns.isOver()) await turns.next()
    const { element, parentId } = next
    const uuid = uuidOf(element, 'uuid')
    if (uuid === null) continue
    found.push({
      uuid,
      name: attributeOf(element, 'name') ?? '',
      description: childOf(element, 'Description')?.text ?? '',
      parentId,
      takenAt: timeOf(attributeOf(element, 'timeStamp')),
      stateFile: absolute(attributeOf(element, 'stateFile')),
      hardware: readHardware(element),
    })
    const children = childrenOf(childOf(element, 'Snapshots'), 'Snapshot')
    for (const child of children) rest.push({ element: child, parentId: uuid })
  }
  return found
}

/** A UUID without its braces, in lower case; null when it is not there or all zeros. */
export function uuidOf(element: Element | null, name: string): string | null {
  const uuid = /^\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?$/i.exec(attributeOf(element, name) ?? '')?.[1]
  return uuid === undefined || /^[0-]+$/.test(uuid) ? null : uuid.toLowerCase()
}

/** VirtualBox's `2026-11-25T22:23:50Z` as ours; null when it is no time. */
export function timeOf(text: string | null): string | null {
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}

/** Memory in bytes from the file's megabytes. */
export function megabytes(count: number | null): number | null {
  return count === null ? null : count * MiB
}
