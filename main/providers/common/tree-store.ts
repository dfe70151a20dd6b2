import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { failure } from '../../../app/domain/errors.ts'
import {
  damageOf,
  fittingItems,
  noticeOf,
  readBytes,
  refuseNewer,
  type Unfit,
  wholeFile,
} from '../../state/read-state.ts'
import { writeWhole } from '../../state/whole-io.ts'
import { nullIfAbsent, writeJson } from './files.ts'
import { type KeptSnapshot, keptRestoreSchema, putSnapshot, type TreeFile } from './snapshot-tree.ts'

/** A snapshot that was taken since the tree was last written whole, or begun, or finished. */
interface Put<S> {
  readonly snapshot: S
  readonly currentId: string | null
}

/**
 * Reads and writes the trees of one provider's machines, whose snapshots are kept as `snapshot` says. A tree's file holds the
 * whole tree, and after it, a line each, what was put into it since: taking the thousandth snapshot does not write the other
 * 999 again, and what stands in the file already is not touched.
 */
export function createTreeStore<S extends KeptSnapshot>(snapshot: z.ZodType<S>) {
  const currentSchema = z.string().nullable()
  const putSchema: z.ZodType<Put<S>> = z.object({ snapshot, currentId: z.string().nullable() })
  const empty: TreeFile<S> = { version: 1, currentId: null, snapshots: [], restores: [] }

  const parseWhole = (text: string, isAlone: boolean, unfit: Unfit): TreeFile<S> => {
    let content: unknown
    try {
      content = JSON.parse(text)
    } catch (error) {
      unfit(isAlone ? wholeFile : 'the whole', error)
      return empty
    }
    refuseNewer(content, 1)
    const parts = typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : {}
    if (parts['version'] !== 1) unfit('version', 'not known')
    const current = currentSchema.safeParse(parts['currentId'])
    if (!current.success) unfit('currentId', current.error)
    return {
      version: 1,
      currentId: current.data ?? null,
      snapshots: fittingItems(parts['snapshots'], snapshot, 'snapshots', unfit),
      restores: fittingItems(parts['restores'], keptRestoreSchema, 'restores', unfit),
    }
  }
  const parse = (text: string, unfit: Unfit): TreeFile<S> => {
    const { whole, lines } = partsOf(text)
    const tree = parseWhole(whole, lines.length === 0, unfit)
    const puts = lines.flatMap((line, index) => {
      try {
        return [putSchema.parse(JSON.parse(line))]
      } catch (error) {
        unfit(`line ${index + 1}`, error)
        return []
      }
    })
    const last = puts.at(-1)
    if (last === undefined) return tree
    const all = [...tree.snapshots, ...puts.map((put) => put.snapshot)]
    // Where it first stood, as it was last put.
    const snapshots = [...new Map(all.map((one) => [one.id, one])).values()]
    return { ...tree, snapshots, currentId: last.currentId }
  }
  const read = async (path: string): Promise<TreeFile<S>> => {
    const reading = readBytes(path, (bytes, unfit) => parse(bytes.toString('utf8'), unfit))
    switch (reading.kind) {
      case 'absent':
        return empty
      case 'read':
        return reading.value
      case 'salvaged':
        return { ...withoutLoose(reading.value), damage: damageOf(path, reading) }
      case 'unreadable':
      case 'newer': {
        // Never taken for an empty tree: the next write would lose every name in it.
        const detail = `${path}\n${reading.kind} ${reading.trouble}`
        const hint = noticeOf(path, reading)?.text ?? null
        throw failure('output-unreadable', { key: 'kept.error.tree' }, { detail, hint })
      }
    }
  }
  return {
    read,
    /**
     * Whether nothing in it can be under way, found out without taking it apart: of a tree of thousands of snapshots that takes a
     * millisecond. One that only may be is not settled.
     */
    async isSettled(path: string): Promise<boolean> {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null
        throw error
      })
      return text === null || (text.endsWith('}\n') && !unsettled.test(text))
    },
    /** How many there are to be seen; null when the tree cannot be read. */
    count: (path: string): Promise<number | null> =>
      read(path).then(
        (tree) => tree.snapshots.filter(({ phase }) => phase === 'there').length,
        () => null,
      ),
    /** Writes it whole or not at all, and only returns when it is on the disk. */
    write: (path: string, { version, currentId, snapshots, restores }: TreeFile<S>): Promise<void> =>
      writeJson(path, { version, currentId, snapshots, restores }),
    /**
     * Puts a snapshot into a tree as it was read, and gives that. Every program sees it when this returns; a power cut can
     * take it back until the file is settled.
     */
    async put(path: string, tree: TreeFile<S>, snapshot: S, currentId: string | null): Promise<TreeFile<S>> {
      const next = putSnapshot(tree, snapshot, currentId)
      const line: Put<S> = { snapshot, currentId }
      // What is damaged in the file is in its copy, and is not written again.
      const isPut = tree.damage === undefined && append(path, `${JSON.stringify(line)}\n`)
      if (isPut) return next
      const { damage: _damage, ...whole } = next
      await writeJson(path, whole)
      return whole
    },
  }
}

/** As both of its forms are written: the whole with spaces, a line without. */
const unsettled = /"phase": ?"(?:taking|deleting|keeping|switching)"/

/** Where the whole tree ends: nothing within it begins a line with a brace. */
const wholeEnd = '\n}\n'

/** A last line without an end is none that was written to its end: it fails to parse, and a copy of the file is kept. */
function partsOf(text: string): { readonly whole: string; readonly lines: readonly string[] } {
  const at = text.indexOf(wholeEnd)
  if (at === -1) return { whole: text, lines: [] }
  const end = at + wholeEnd.length
  return {
    whole: text.slice(0, end),
    lines: text
      .slice(end)
      .split('\n')
      .filter((line) => line !== ''),
  }
}

/** A damaged tree holds together: nothing in it speaks of what is missing. */
function withoutLoose<S extends KeptSnapshot>({ currentId, snapshots, restores, ...tree }: TreeFile<S>): TreeFile<S> {
  const ids = new Set(snapshots.map(({ id }) => id))
  const there = (id: string | null): string | null => (id !== null && ids.has(id) ? id : null)
  const kept = restores.filter(({ keptId }) => ids.has(keptId))
  const undoing = new Set(kept.map(({ keptId }) => keptId))
  return {
    ...tree,
    currentId: there(currentId),
    // A copy without the record that it undoes is an ordinary snapshot: it can be gone back to, and deleted.
    snapshots: snapshots.map((one) => ({
      ...one,
      parentId: there(one.parentId),
      keptForUndo: one.keptForUndo && undoing.has(one.id),
    })),
    restores: kept,
  }
}

/**
 * Adds a line to a file whose last one is whole; false when there is no such file. A few hundred bytes are in the system's own
 * memory sooner than another thread has heard that it is to write them.
 */
function append(path: string, line: string): boolean {
  const file = openExisting(path)
  if (file === null) return false
  try {
    const { size } = fstatSync(file)
    const last = Buffer.alloc(1)
    if (size === 0 || readSync(file, last, 0, 1, size - 1) !== 1 || last.toString() !== '\n') return false
    try {
      writeWhole(file, Buffer.from(line), size)
    } catch (error) {
      ftruncateSync(file, size)
      throw error
    }
    return true
  } finally {
    closeSync(file)
  }
}

function openExisting(path: string): number | null {
  try {
    return openSync(path, 'r+')
  } catch (error) {
    return nullIfAbsent(error)
  }
}
