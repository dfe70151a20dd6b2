import type { Settings } from './settings-file.ts'
import type { Hardware } from './settings-hardware.ts'
import type { Medium } from './settings-media.ts'

/** A machine as far as its disks matter to others. */
export interface DiskUser {
  readonly uuid: string
  readonly name: string
  readonly settings: Pick<Settings, 'hardware' | 'snapshots' | 'media' | 'stateFile'>
}

/** Disks that stand in a machine's or a snapshot's hardware. */
export function disksOf({ controllers }: Pick<Hardware, 'controllers'>): readonly string[] {
  return controllers.flatMap(({ devices }) =>
    devices.flatMap(({ type, mediumId }) => (type === 'disk' && mediumId !== null ? [mediumId] : [])),
  )
}

/** Every disk a machine uses, in its present state and in its snapshots. */
export function allDisksOf({ settings }: Pick<DiskUser, 'settings'>): ReadonlySet<string> {
  return new Set([settings.hardware, ...settings.snapshots.map(({ hardware }) => hardware)].flatMap(disksOf))
}

/**
 * Machines other than `self` that have a disk standing on one of `disks`: its linked clones. `next` counts only those that stand
 * right on one, `any` also those further on. The parent of a disk is written in the registry of whichever machine knew it first,
 * so that all registries are read together.
 */
export function dependantsOf(
  self: string,
  disks: ReadonlySet<string>,
  users: readonly DiskUser[],
  how: 'next' | 'any',
): readonly DiskUser[] {
  const parents = new Map(
    users.flatMap(({ settings }) => settings.media.map(({ uuid, parentId }) => [uuid, parentId] as const)),
  )
  const standsOnOne = (disk: string): boolean => {
    const seen = new Set<string>()
    for (let at = parents.get(disk) ?? null; at !== null && !seen.has(at); at = parents.get(at) ?? null) {
      if (disks.has(at)) return true
      if (how === 'next') return false
      seen.add(at)
    }
    return false
  }
  return users.filter((user) => user.uuid !== self && [...allDisksOf(user)].some(standsOnOne))
}

/**
 * Machines other than `self` that have one of these files as disk, disc or floppy. A medium stands in one registry only: what a
 * machine merely attaches is found by its UUID among `known`, the media of all registries.
 */
export function usersOfFiles(
  self: string,
  isWanted: (path: string) => boolean,
  users: readonly DiskUser[],
  known: readonly Medium[],
): readonly DiskUser[] {
  const wanted = new Set(
    [...known, ...users.flatMap(({ settings }) => settings.media)].flatMap(({ uuid, path }) =>
      isWanted(path) ? uuid : [],
    ),
  )
  return users.filter(
    ({ uuid, settings }) =>
      uuid !== self &&
      (settings.media.some(({ path }) => isWanted(path)) || attachedTo(settings).some((medium) => wanted.has(medium))),
  )
}

/** Disks, discs and floppies in a machine's present and in its snapshots. */
export function attachedTo({ hardware, snapshots }: Pick<Settings, 'hardware' | 'snapshots'>): readonly string[] {
  return [hardware, ...snapshots.map((snapshot) => snapshot.hardware)].flatMap(({ controllers }) =>
    controllers.flatMap(({ devices }) => devices.flatMap(({ mediumId }) => mediumId ?? [])),
  )
}
