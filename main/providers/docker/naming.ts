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
/** What is kept of a container so that a restore can be undone, where its own labels would let another tool find it. */
const keptRepository = 'berth-kept'

export function snapshotImage(handle: string): string {
  return `${snapshotRepository}:${handle}`
}

export function keptImage(handle: string): string {
  return `${keptRepository}:${handle}`
}

/** Whether an image is named as a snapshot or a kept copy of ours. */
export function isSnapshotImage(image: string): boolean {
  const name = image.replace(/^localhost\//, '')
  return name.startsWith(`${snapshotRepository}:`) || name.startsWith(`${keptRepository}:`)
}

/** Whether an image has this name of ours: a copy made by hand carries the label, but not the name. */
export function hasName(tags: readonly string[], name: string): boolean {
  return tags.some((tag) => tag === name || tag === `localhost/${name}`)
}
