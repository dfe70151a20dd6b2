import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, lstatSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Notice } from '../../app/domain/provider.ts'

/** Says of a part of a file that it does not fit; the part is left out. */
export type Unfit = (where: string, why: unknown) => void

/** The part that is named where nothing of a file can be read. */
export const wholeFile = 'the file'

/** What is known of a file of Berth's. `trouble` stands where it must not be written: its content is not known, or not ours. */
export type Reading<T> =
  | { readonly kind: 'absent' }
  | { readonly kind: 'read'; readonly value: T }
  /** Some or all of it does not fit: a copy of the file is kept at `aside`. */
  | { readonly kind: 'salvaged'; readonly value: T; readonly aside: string; readonly unfit: readonly string[] }
  | { readonly kind: 'unreadable'; readonly trouble: string }
  | { readonly kind: 'newer'; readonly trouble: string }

export interface StateFormat<T> {
  /** null for files that have no version. One that cannot be read is said, and the rest is taken for this version's. */
  readonly version: number | null
  /** What counts when there is no file, or nothing of it can be read. */
  readonly empty: T
  /** Takes what fits and says what does not. What it throws means that nothing fits. */
  readonly parse: (content: unknown, unfit: Unfit) => T
}

/** Reads a file of Berth's. Unreadable is never empty: only a name that does not exist says that there is no file. */
export function readState<T>(path: string, { version, empty, parse }: StateFormat<T>): Reading<T> {
  return readBytes<T>(path, (bytes, unfit) => {
    try {
      const content: unknown = JSON.parse(bytes.toString('utf8'))
      if (version !== null) {
        refuseNewer(content, version)
        if (!isOfVersion(content, version)) unfit('version', 'not known')
      }
      return parse(content, unfit)
    } catch (error) {
      if (error instanceof Newer) throw error
      unfit(wholeFile, error)
      return empty
    }
  })
}

class Newer extends Error {}

/** Ends the reading of a file whose content a newer Berth wrote. */
export function refuseNewer(content: unknown, version: number): void {
  if (isNewer(content, version)) throw new Newer(String(content.version))
}

/** Reads a file that `parse` takes apart itself. What is thrown there is no finding about the file. */
export function readBytes<T>(path: string, parse: (bytes: Buffer, unfit: Unfit) => T): Reading<T> {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT' && !hasName(path)
    return isAbsent ? { kind: 'absent' } : { kind: 'unreadable', trouble: codeOf(error) }
  }
  const unfit: string[] = []
  let value: T
  try {
    value = parse(bytes, (where, why) => unfit.push(`${where}: ${String(why)}`))
  } catch (error) {
    if (error instanceof Newer) return { kind: 'newer', trouble: error.message }
    throw error
  }
  if (unfit.length === 0) return { kind: 'read', value }
  try {
    return { kind: 'salvaged', value, unfit, aside: copyAside(path, bytes) }
  } catch (error) {
    // What does not fit would be lost with the next write.
    return { kind: 'unreadable', trouble: codeOf(error) }
  }
}

/** Reads a file of lines that are each written for themselves; the same holds for each of them. */
export function readLines<T>(
  path: string,
  parse: (line: unknown) => T,
  /** Whether there must be a line. */
  mustHold: () => boolean,
  /** Only so many of the last lines are taken apart: what stands before them is superfluous. */
  maxLines = Number.POSITIVE_INFINITY,
): Reading<readonly T[]> {
  return readBytes<readonly T[]>(path, (bytes, unfit) => {
    if (bytes.length === 0 && mustHold()) unfit(wholeFile, 'is empty')
    const all = bytes.toString('utf8').split('\n')
    const from = Math.max(0, all.length - 1 - maxLines)
    return all.slice(from).flatMap((line, index) => {
      if (line === '') return []
      try {
        return [parse(JSON.parse(line))]
      } catch (error) {
        unfit(`line ${from + index + 1}`, error)
        return []
      }
    })
  })
}

/** A link that leads nowhere has a name: what it leads to may come back. */
function hasName(path: string): boolean {
  try {
    lstatSync(path)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT'
  }
}

export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error)
}

/** Whether a newer Berth wrote this content. */
function isNewer(content: unknown, version: number): content is { readonly version: number } {
  if (typeof content !== 'object' || content === null || !('version' in content)) return false
  return typeof content.version === 'number' && content.version > version
}

function isOfVersion(content: unknown, version: number): boolean {
  return typeof content === 'object' && content !== null && 'version' in content && content.version === version
}

/** Keeps a copy of what a file holds beside it, once for each content, and returns its path. */
export function copyAside(path: string, bytes: Buffer | string): string {
  const aside = `${path}.damaged-${createHash('sha256').update(bytes).digest('hex').slice(0, 8)}`
  if (isCopy(aside, Buffer.from(bytes))) return aside
  const file = openSync(aside, 'w', 0o600)
  try {
    writeFileSync(file, bytes)
    fsyncSync(file)
  } catch (error) {
    rmSync(aside, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
  return aside
}

function isCopy(aside: string, bytes: Buffer): boolean {
  try {
    return readFileSync(aside).equals(bytes)
  } catch {
    return false
  }
}

/** What a person is told of a file; null when all is well with it. */
export function noticeOf(path: string, reading: Reading<unknown>): Notice | null {
  switch (reading.kind) {
    case 'absent':
    case 'read':
      return null
    case 'salvaged':
      return damageOf(path, reading)
    case 'unreadable':
      return { level: 'warning', text: { key: 'state.unreadable', params: { path, reason: reading.trouble } } }
    case 'newer':
      return { level: 'warning', text: { key: 'state.newer', params: { path } } }
  }
}

/** What a person is told of a file of which some or all was left out. */
export function damageOf(path: string, reading: Extract<Reading<unknown>, { kind: 'salvaged' }>): Notice {
  const { aside, unfit } = reading
  const isWhole = unfit.some((part) => part.startsWith(`${wholeFile}: `))
  return {
    level: 'warning',
    text: isWhole
      ? { key: 'state.damagedWhole', params: { path, aside } }
      : { key: 'state.damaged', params: { path, aside, count: unfit.length } },
  }
}

/** What says of a part whether it fits: one of zod's, where it is loaded anyway. */
interface Schema<T> {
  readonly safeParse: (
    part: unknown,
  ) => { readonly success: true; readonly data: T } | { readonly success: false; readonly error: unknown }
}

/** The entries of an object that fit. */
export function fittingEntries<T>(
  content: unknown,
  schema: Schema<T>,
  where: string,
  unfit: Unfit,
): Readonly<Record<string, T>> {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    unfit(where, 'not an object')
    return {}
  }
  return Object.fromEntries(
    Object.entries(content).flatMap(([key, entry]) => {
      const parsed = schema.safeParse(entry)
      if (parsed.success) return [[key, parsed.data]]
      unfit(`${where}.${key}`, parsed.error)
      return []
    }),
  )
}

/** The items of a list that fit. */
export function fittingItems<T>(content: unknown, schema: Schema<T>, where: string, unfit: Unfit): readonly T[] {
  if (!Array.isArray(content)) {
    unfit(where, 'not a list')
    return []
  }
  return content.flatMap((item, index) => {
    const parsed = schema.safeParse(item)
    if (parsed.success) return [parsed.data]
    unfit(`${where}.${index}`, parsed.error)
    return []
  })
}
