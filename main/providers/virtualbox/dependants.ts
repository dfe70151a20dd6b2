import type { Settings } from './settings-file.ts'
import type { Hardware } from './settings-hardware.ts'

/** A machine as far as its disks matter to others. */
export interface DiskUser {
  readonly uuid: string
  readonly name: string
  readonly settings: Pick<Settings, 'hardware' | 'snapshots' | 'media'>
}

/** Disks that stand in a machine's or a snapshot's hardware. */
export function disksOf({ controllers }: Hardware): readonly string[] {
  return controllers.flatMap(({ devices }) =>
    devices.flatMap(({ type, mediumId }) => (type === 'disk' && mediumId !== null ? [mediumId] : [])),
  )
}

/** Every disk a machine uses, in its present state and in its snapshots. */
function usedBy({ settings }: DiskUser): ReadonlySet<string> {
  return new Set([settings.hardware, ...settings.snapshots.map(({ hardware }) => hardware)].flatMap(disksOf))
}

/**
 * Machines whose disks stand on a disk of `uuids`, directly or not, and that are not `self`: its linked clones. A disk's parent is
 * written in the registry of whichever machine came first, so that all registries are read together.
 */
export function dependantsOf(self: string, uuids: Iterable<string>, users: readonly DiskUser[]): readonly DiskUser[] {
  const parents = new Map(
    users.flatMap(({ settings }) => settings.media.map(({ uuid, parentId }) => [uuid, parentId] as const)),
  )
  const wanted = new Set(uuids)
  const standsOn = (disk: string): boolean => {
    const seen = new Set<string>()
    for (let at = parents.get(disk) ?? null; at !== null && !seen.has(at); at = parents.get(at) ?? null) {
      if (wanted.has(at)) return true
      seen.add(at)
    }
    return false
  }
  return users.filter((user) => user.uuid !== self && [...usedBy(user)].some(standsOn))
}

/** Every disk of a machine, its snapshots' too. */
export function allDisks(user: DiskUser): readonly string[] {
  return [...usedBy(user)]
}

/**
 * Machines that use a disk just after one of `uuids` in the chain: merging that one away would change what they stand on. A
 * machine further on stands on such a one as well, or is `self`.
 */
export function childrenOutside(
  self: DiskUser,
  uuids: readonly string[],
  users: readonly DiskUser[],
): readonly DiskUser[] {
  const own = usedBy(self)
  const children = users.flatMap(({ settings }) =>
    settings.media.flatMap(({ uuid, parentId }) => (parentId !== null && uuids.includes(parentId) ? [uuid] : [])),
  )
  const foreign = new Set(children.filter((uuid) => !own.has(uuid)))
  return users.filter(
    (user) => user.uuid !== self.uuid && [...usedBy(user)].some((disk) => foreign.has(disk) || isBelow(disk)),
  )

  function isBelow(disk: string): boolean {
    const parents = new Map(
      users.flatMap(({ settings }) => settings.media.map(({ uuid, parentId }) => [uuid, parentId] as const)),
    )
    const seen = new Set<string>()
    for (let at = parents.get(disk) ?? null; at !== null && !seen.has(at); at = parents.get(at) ?? null) {
      if (foreign.has(at)) return true
      seen.add(at)
    }
    return false
  }
}
