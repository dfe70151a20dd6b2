import { randomBytes } from 'node:crypto'

/**
 * How things of ours are called inside the engine, so that a person who meets them there, and a Berth that has lost its
 * journal, know what they are. Handles are 16 hex digits.
 */
export type Role = 'new' | 'kept' | 'trash'

const rolePattern = /^berth-(?<role>new|kept|trash)\.(?<handle>[0-9a-f]{16})\.(?<name>.*)$/s

export function newHandle(): string {
  return randomBytes(8).toString('hex')
}

/** The name of a container that stands aside: `berth-kept.1f…09.web`. */
export function asideName(role: Role, handle: string, name: string): string {
  return `berth-${role}.${handle}.${name}`
}

export function parseAsideName(
  name: string,
): { readonly role: Role; readonly handle: string; readonly name: string } | null {
  const groups = rolePattern.exec(name)?.groups
  if (groups === undefined) return null
  return { role: groups['role'] as Role, handle: groups['handle'] ?? '', name: groups['name'] ?? '' }
}

/** On a snapshot's image: the key of the machine it is of. */
export const machineLabel = 'dev.berth.machine'
/** On a snapshot's image: all that is said about it, packed (snapshot-label.ts). */
export const snapshotLabel = 'dev.berth.snapshot'

export const snapshotRepository = 'berth-snapshot'

export function snapshotImage(handle: string): string {
  return `${snapshotRepository}:${handle}`
}

export function isSnapshotImage(image: string): boolean {
  return image.replace(/^localhost\//, '').startsWith(`${snapshotRepository}:`)
}

/** Whether one of an image's tags is the snapshot's own: a copy made by hand carries the label, but not the tag. */
export function hasSnapshotTag(tags: readonly string[], handle: string): boolean {
  return tags.some((tag) => tag === snapshotImage(handle) || tag === `localhost/${snapshotImage(handle)}`)
}
