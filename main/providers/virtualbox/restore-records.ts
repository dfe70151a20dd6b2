import { join } from 'node:path'
import { z } from 'zod'
import { failure } from '../../../app/domain/errors.ts'
import type { RestoreRecord } from '../../../app/domain/snapshot.ts'
import { removeDurably } from '../../state/durable.ts'
import { fittingEntries, fittingItems, noticeOf, type Reading } from '../../state/read-state.ts'
import { readRecord } from '../../state/record.ts'
import { reportReading } from '../common/definition-file.ts'
import { names } from '../common/files.ts'
import type { Host } from '../provider.ts'
import { writeRecord } from './write-record.ts'

/** What a machine was: VirtualBox's snapshots tell only whether there is a memory. */
const powerSchema = z.enum(['off', 'running', 'paused', 'suspended'])
export type KeptPower = z.infer<typeof powerSchema>

const recordSchema = z.object({
  id: z.string(),
  direction: z.enum(['restored', 'undone']),
  state: z.enum(['restoring', 'done', 'failed']),
  snapshotId: z.string(),
  snapshotName: z.string(),
  /** null while the copy is being made: it is then found by its description, `markOf`. */
  keptId: z.string().nullable(),
  keptAt: z.string(),
  /** Of the present, which the copy holds. */
  keptPower: powerSchema,
  /** Nothing of the machine is touched before `switching`. */
  phase: z.enum(['keeping', 'switching', 'done']),
  /** The record this one takes the place of once it is done: undoing turns a record round. */
  replaces: z.string().nullable(),
})
export type KeptRestore = z.infer<typeof recordSchema>

export interface RestoreFile {
  readonly version: 1
  readonly restores: readonly KeptRestore[]
  /** Copies that are the present again and on their way out: nobody sees them any more. */
  readonly spent: readonly string[]
  /** Of snapshots taken by Berth. Those of others run if they have a memory. */
  readonly powers: Readonly<Record<string, KeptPower>>
}

export const emptyRestores: RestoreFile = { version: 1, restores: [], spent: [], powers: {} }

/** What VirtualBox cannot be told about a machine's snapshots: which of them Berth keeps, and why. One file for each machine. */
export interface RestoreRecords {
  read(uuid: string): Promise<RestoreFile>
  write(uuid: string, file: RestoreFile): Promise<void>
  /** Machines of which there is a record. */
  uuids(): Promise<readonly string[]>
}

export function createRestoreRecords(host: Pick<Host, 'dataDir' | 'log' | 'problems'>): RestoreRecords {
  const { dataDir, problems } = host
  const folder = join(dataDir, 'snapshots')
  const pathOf = (uuid: string): string => join(folder, `${uuid}.json`)
  return {
    async read(uuid) {
      const path = pathOf(uuid)
      const reading = readRestores(path)
      reportReading(host, path, reading)
      if (reading.kind === 'absent') return emptyRestores
      if ('value' in reading) return reading.value
      // Never taken for an empty one: the next write would lose the way back.
      const detail = `${path}\n${reading.kind} ${reading.trouble}`
      const hint = noticeOf(path, reading)?.text ?? null
      throw failure('output-unreadable', { key: 'virtualbox.error.records' }, { detail, hint })
    },
    async write(uuid, file) {
      const count = file.restores.length + file.spent.length + Object.keys(file.powers).length
      if (count === 0) await removeDurably(pathOf(uuid))
      else await writeRecord(pathOf(uuid), file)
      problems?.report(pathOf(uuid), null)
    },
    async uuids() {
      return (await names(folder)).flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : []))
    },
  }
}

/** Entry by entry: a copy whose record does not fit is a snapshot like others. */
function readRestores(path: string): Reading<RestoreFile> {
  return readRecord(path, 1, ({ raw, unfit }) => ({
    version: 1,
    restores: fittingItems(raw('restores'), recordSchema, 'restores', unfit),
    spent: fittingItems(raw('spent') ?? [], z.string(), 'spent', unfit),
    powers: fittingEntries(raw('powers'), powerSchema, 'powers', unfit),
  }))
}

/** The description of a record's copy: how it is found when Berth ended before it knew the copy's UUID. */
export function markOf({ id }: Pick<KeptRestore, 'id'>): string {
  return `berth-undo ${id}`
}

export function findRestore(file: RestoreFile, id: string): KeptRestore {
  const found = file.restores.find((restore) => restore.id === id)
  if (found === undefined) throw failure('not-found', { key: 'virtualbox.error.restoreGone' })
  return found
}

export function withRestore(file: RestoreFile, record: KeptRestore): RestoreFile {
  return { ...file, restores: [record, ...file.restores.filter(({ id }) => id !== record.id)] }
}

export function withoutRestore(file: RestoreFile, restoreId: string): RestoreFile {
  return { ...file, restores: file.restores.filter(({ id }) => id !== restoreId) }
}

export function withPower(file: RestoreFile, snapshotId: string, power: KeptPower): RestoreFile {
  return { ...file, powers: { ...file.powers, [snapshotId]: power } }
}

/** Without what is said of a snapshot that is gone, and without the restores that only it could undo. */
export function withoutSnapshot(file: RestoreFile, snapshotId: string): RestoreFile {
  const { [snapshotId]: _gone, ...powers } = file.powers
  return {
    ...withoutSpent(file, snapshotId),
    powers,
    restores: file.restores.filter(({ keptId }) => keptId !== snapshotId),
  }
}

export function withSpent(file: RestoreFile, snapshotId: string): RestoreFile {
  return { ...file, spent: [...new Set([...file.spent, snapshotId])] }
}

export function withoutSpent(file: RestoreFile, snapshotId: string): RestoreFile {
  return { ...file, spent: file.spent.filter((spent) => spent !== snapshotId) }
}

/** Records as others see them, newest first. `isThere` says whether a copy still exists. */
export function shownRestores(
  { restores }: RestoreFile,
  isThere: (snapshotId: string) => boolean,
  bytesOf: (snapshotId: string) => number | null,
): readonly RestoreRecord[] {
  return restores
    .flatMap(({ keptId, phase, id, direction, state, snapshotId, snapshotName, keptAt }) =>
      keptId === null || phase === 'keeping' || !isThere(keptId)
        ? []
        : [{ id, direction, state, snapshotId, snapshotName, keptId, keptAt, keptBytes: bytesOf(keptId) }],
    )
    .sort((one, other) => other.keptAt.localeCompare(one.keptAt))
}
