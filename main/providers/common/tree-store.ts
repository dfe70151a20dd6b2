import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { z } from 'zod'
import { failure } from '../../../app/domain/errors.ts'
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
  const wholeSchema = z.object({
    version: z.literal(1),
    currentId: z.string().nullable(),
    snapshots: z.array(snapshot),
    restores: z.array(keptRestoreSchema),
  })
  const putSchema: z.ZodType<Put<S>> = z.object({ snapshot, currentId: z.string().nullable() })

  const parse = (text: string): TreeFile<S> => {
    const { whole, lines } = partsOf(text)
    const tree: TreeFile<S> = wholeSchema.parse(JSON.parse(whole))
    const puts = lines.map((line) => putSchema.parse(JSON.parse(line)))
    const last = puts.at(-1)
    if (last === undefined) return tree
    const all = [...tree.snapshots, ...puts.map((put) => put.snapshot)]
    // Where it first stood, as it was last put.
    const snapshots = [...new Map(all.map((one) => [one.id, one])).values()]
    return { ...tree, snapshots, currentId: last.currentId }
  }
  const read = async (path: string): Promise<TreeFile<S>> => {
    try {
      const text = readNow(path)
      return text === null ? { version: 1, currentId: null, snapshots: [], restores: [] } : parse(text)
    } catch (cause) {
      // Never taken for an empty tree: the next write would lose every name in it.
      const detail = `${path}\n${String(cause)}`
      throw failure('output-unreadable', { key: 'kept.error.tree' }, { detail, cause })
    }
  }
  return {
    read,
    /** How many there are to be seen; null when the tree cannot be read. */
    count: (path: string): Promise<number | null> =>
      read(path).then(
        (tree) => tree.snapshots.filter(({ phase }) => phase === 'there').length,
        () => null,
      ),
    /** Writes it whole or not at all, and only returns when it is on the disk. */
    write: (path: string, tree: TreeFile<S>): Promise<void> => writeJson(path, tree),
    /**
     * Puts a snapshot into a tree as it was read, and gives that. Every program sees it when this returns; a power cut can
     * take it back until the file is settled.
     */
    async put(path: string, tree: TreeFile<S>, snapshot: S, currentId: string | null): Promise<TreeFile<S>> {
      const next = putSnapshot(tree, snapshot, currentId)
      const line: Put<S> = { snapshot, currentId }
      if (!append(path, `${JSON.stringify(line)}\n`)) await writeJson(path, next)
      return next
    },
  }
}

/** Where the whole tree ends: nothing within it begins a line with a brace. */
const wholeEnd = '\n}\n'

/** A last line without an end was being written when Berth or the computer ended: nobody was told that it is there. */
function partsOf(text: string): { readonly whole: string; readonly lines: readonly string[] } {
  const at = text.indexOf(wholeEnd)
  if (at === -1) return { whole: text, lines: [] }
  const end = at + wholeEnd.length
  return { whole: text.slice(0, end), lines: text.slice(end).split('\n').slice(0, -1) }
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
      const bytes = Buffer.from(line)
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(file, bytes, done, bytes.length - done, size + done)
      }
    } catch (error) {
      ftruncateSync(file, size)
      throw error
    }
    return true
  } finally {
    closeSync(file)
  }
}

/** It lies in the system's own memory nearly always: opening, looking, reading and closing by way of another thread takes longer. */
function readNow(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    return nullIfAbsent(error)
  }
}

function openExisting(path: string): number | null {
  try {
    return openSync(path, 'r+')
  } catch (error) {
    return nullIfAbsent(error)
  }
}
