import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { type AppError, failure } from '../../../app/domain/errors.ts'
import { removeDurably } from '../../state/durable.ts'
import { fittingItems, type Reading } from '../../state/read-state.ts'
import { readRecord } from '../../state/record.ts'
import { reportReading, writtenAt } from '../common/definition-file.ts'
import { isPath, names } from '../common/files.ts'
import { partlyPurged } from '../common/purges.ts'
import { createUnreadRecords, unreadRecord } from '../common/trash-records.ts'
import type { Host } from '../provider.ts'
import type { DiskUser } from './dependants.ts'
import { parseSettings, type Settings } from './settings-file.ts'
import { writeRecord } from './write-record.ts'

const pathSchema = z.string().refine(isPath, 'not a path')
const mediumSchema = z.object({
  uuid: z.string(),
  kind: z.enum(['disk', 'dvd', 'floppy']),
  path: z.string(),
  format: z.string().nullable(),
  type: z.string().nullable(),
  parentId: z.string().nullable(),
})
const shape = {
  uuid: z.string(),
  name: z.string(),
  removedAt: z.string(),
  snapshotCount: z.number(),
  /** Where its settings file was, and where it comes back to. */
  settingsPath: pathSchema,
  /** The machine's own folder, and where it is while in the trash; null when its folder is not its own and nothing was moved. */
  moved: z.object({ from: pathSchema, to: pathSchema }).nullable(),
  /** What it uses and another machine's registry names: VirtualBox forgets it with the machine. See `media-registry.ts`. */
  borrowed: z.array(mediumSchema),
  /**
   * removing: not yet out of VirtualBox. there: in the trash. recovering: on its way back. purging: from here on it is nothing
   * to bring back.
   */
  phase: z.enum(['removing', 'there', 'recovering', 'purging']),
}
const itemSchema = z.object({ version: z.literal(1), ...shape })
export type KeptItem = z.infer<typeof itemSchema>

/** Field by field: null where it does not tell what was moved where, or how far that is. */
function readItemFile(path: string): Reading<KeptItem | null> {
  return readRecord(path, 1, (fields) => {
    const uuid = fields.take('uuid', shape.uuid, basename(path, '.json'))
    const settingsPath = fields.need('settingsPath', shape.settingsPath)
    const moved = fields.take<KeptItem['moved'] | 'unfit'>('moved', shape.moved, 'unfit')
    const phase = fields.need('phase', shape.phase)
    const about = {
      name: fields.take('name', shape.name, uuid),
      removedAt: fields.take('removedAt', shape.removedAt, () => writtenAt(path)),
      snapshotCount: fields.take('snapshotCount', shape.snapshotCount, 0),
      borrowed: [...fittingItems(fields.raw('borrowed'), mediumSchema, 'borrowed', fields.unfit)],
    }
    if (settingsPath === null || moved === 'unfit' || phase === null) return null
    return { version: 1, uuid, settingsPath, moved, phase, ...about }
  })
}

/** What Berth took out of VirtualBox and can bring back. One file for each machine, written before each step it speaks of. */
export interface TrashStore {
  list(): Promise<readonly KeptItem[]>
  /** Throws `not-found` when it is not in the trash, and another failure when its purge has begun. */
  get(uuid: string): Promise<KeptItem>
  /** The same, also of one whose purge failed. */
  getToPurge(uuid: string): Promise<KeptItem>
  /** By their UUIDs: purges that began and failed. */
  readonly failed: Map<string, AppError>
  put(item: KeptItem): Promise<void>
  drop(uuid: string): Promise<void>
  /** What is in the trash, as users of disks: a linked clone there still stands on its parent's. */
  users(): Promise<readonly DiskUser[]>
  /** Everything in the trash, what cannot be read included: it may use any disk. */
  contents(): Promise<readonly TrashContent[]>
}

interface TrashContent {
  readonly uuid: string
  readonly name: string
  /** null when Berth's record of it cannot be read. */
  readonly item: KeptItem | null
  /** With the media that VirtualBox forgot; null when they cannot be read. */
  readonly settings: Settings | null
}

export function createTrashStore({ dataDir, log, problems }: Pick<Host, 'dataDir' | 'log' | 'problems'>): TrashStore {
  const folder = join(dataDir, 'trash')
  const pathOf = (uuid: string): string => join(folder, `${uuid}.json`)
  const failed = new Map<string, AppError>()
  const unread = createUnreadRecords(problems)
  const readItem = async (path: string): Promise<KeptItem | null> => {
    const reading = readItemFile(path)
    if (reading.kind === 'absent') return null
    if (!('value' in reading)) throw new Error(`${reading.kind} ${reading.trouble}`)
    const item = reading.value
    if (item === null) throw new Error(reading.kind === 'salvaged' ? reading.unfit.join('\n') : 'null')
    reportReading({ problems, log }, path, reading)
    // What is done with one machine must not be done to another.
    if (path !== pathOf(item.uuid)) throw new Error('another uuid inside')
    return item
  }

  const read = async (): Promise<readonly { readonly name: string; readonly item: KeptItem | null }[]> => {
    const files = (await names(folder)).filter((name) => name.endsWith('.json'))
    const records = await Promise.all(
      files.map(async (name) => ({
        name,
        item: await readItem(join(folder, name)).catch((error) => {
          // It stays where it is for a person to look at; the others are still shown.
          log.error('virtualbox.trash.unreadable', { name, error: String(error) })
          return null
        }),
      })),
    )
    unread.report(records.filter(({ item }) => item === null).map(({ name }) => join(folder, name)))
    return records
  }
  const list = async (): Promise<readonly KeptItem[]> => (await read()).flatMap(({ item }) => item ?? [])

  const settingsOf = async (item: KeptItem): Promise<Settings | null> => {
    const path = presentPath(item)
    try {
      const settings = await parseSettings(await readFile(path, 'utf8'), path)
      return { ...settings, media: [...settings.media, ...item.borrowed] }
    } catch (error) {
      log.warn('virtualbox.trash.settings', { uuid: item.uuid, error: String(error) })
      return null
    }
  }

  const contents = async (): Promise<readonly TrashContent[]> => {
    const left = (await read()).filter(({ item }) => item?.phase !== 'purging')
    return Promise.all(
      left.map(async ({ name, item }) => ({
        uuid: item?.uuid ?? name.replace(/\.json$/, ''),
        name: item?.name ?? name,
        item,
        settings: item === null ? null : await settingsOf(item),
      })),
    )
  }

  const getToPurge = async (uuid: string): Promise<KeptItem> => {
    const item = /^[0-9a-f-]{36}$/.test(uuid)
      ? await readItem(pathOf(uuid)).catch((error: unknown) => {
          throw unreadRecord(pathOf(uuid), error)
        })
      : null
    const isUnderWay = item?.phase === 'purging' && !failed.has(uuid)
    if (item === null || isUnderWay) throw failure('not-found', { key: 'virtualbox.error.trashGone' })
    return item
  }

  return {
    list,
    failed,
    async get(uuid) {
      const item = await getToPurge(uuid)
      if (item.phase === 'purging') throw partlyPurged()
      return item
    },
    getToPurge,
    put: (item) => writeRecord(pathOf(item.uuid), item),
    async drop(uuid) {
      await removeDurably(pathOf(uuid))
      problems?.report(pathOf(uuid), null)
    },
    contents,
    async users() {
      const found = await contents()
      return found.flatMap(({ uuid, name, settings }) => (settings === null ? [] : [{ uuid, name, settings }]))
    },
  }
}

/** Where its settings file is while it is in the trash. */
export function presentPath({ settingsPath, moved }: Pick<KeptItem, 'settingsPath' | 'moved'>): string {
  return moved === null ? settingsPath : moved.to + settingsPath.slice(moved.from.length)
}
