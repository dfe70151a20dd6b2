import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { failure } from '../../../app/domain/errors.ts'
import { removeDurably } from '../../state/durable.ts'
import { names, readJson } from '../common/files.ts'
import type { Host } from '../provider.ts'
import type { DiskUser } from './dependants.ts'
import { parseSettings } from './settings-file.ts'
import { writeRecord } from './write-record.ts'

const itemSchema = z.object({
  version: z.literal(1),
  uuid: z.string(),
  name: z.string(),
  removedAt: z.string(),
  snapshotCount: z.number(),
  /** Where its settings file was, and where it comes back to. */
  settingsPath: z.string(),
  /** The machine's own folder, and where it is while in the trash; null when its folder is not its own and nothing was moved. */
  moved: z.object({ from: z.string(), to: z.string() }).nullable(),
  /** What it uses and another machine's registry names: VirtualBox forgets it with the machine. See `media-registry.ts`. */
  borrowed: z.array(
    z.object({
      uuid: z.string(),
      kind: z.enum(['disk', 'dvd', 'floppy']),
      path: z.string(),
      format: z.string().nullable(),
      type: z.string().nullable(),
      parentId: z.string().nullable(),
    }),
  ),
  /**
   * removing: not yet out of VirtualBox. there: in the trash. recovering: on its way back. purging: from here on it is nothing
   * to bring back.
   */
  phase: z.enum(['removing', 'there', 'recovering', 'purging']),
})
export type KeptItem = z.infer<typeof itemSchema>

/** What Berth took out of VirtualBox and can bring back. One file for each machine, written before each step it speaks of. */
export interface TrashStore {
  list(): Promise<readonly KeptItem[]>
  /** Throws `not-found` when it is not in the trash. */
  get(uuid: string): Promise<KeptItem>
  put(item: KeptItem): Promise<void>
  drop(uuid: string): Promise<void>
  /** What is in the trash, as users of disks: a linked clone there still stands on its parent's. */
  users(): Promise<readonly DiskUser[]>
}

export function createTrashStore({ dataDir, log }: Pick<Host, 'dataDir' | 'log'>): TrashStore {
  const folder = join(dataDir, 'trash')
  const pathOf = (uuid: string): string => join(folder, `${uuid}.json`)

  const list = async (): Promise<readonly KeptItem[]> => {
    const files = (await names(folder)).filter((name) => name.endsWith('.json'))
    const items = await Promise.all(
      files.map((name) =>
        readJson(join(folder, name), itemSchema).catch((error) => {
          // It stays where it is for a person to look at; the others are still shown.
          log.error('virtualbox.trash.unreadable', { name, error: String(error) })
          return null
        }),
      ),
    )
    return items.filter((item) => item !== null)
  }

  return {
    list,
    async get(uuid) {
      const item = /^[0-9a-f-]{36}$/.test(uuid) ? await readJson(pathOf(uuid), itemSchema) : null
      if (item === null || item.phase === 'purging') throw failure('not-found', { key: 'virtualbox.error.trashGone' })
      return item
    },
    put: (item) => writeRecord(pathOf(item.uuid), item),
    drop: (uuid) => removeDurably(pathOf(uuid)),
    async users() {
      const found = await Promise.all(
        (await list()).map(async (item): Promise<readonly DiskUser[]> => {
          const path = presentPath(item)
          const text = await readFile(path, 'utf8').catch(() => null)
          if (text === null || item.phase === 'purging') return []
          try {
            const settings = parseSettings(text, path)
            return [
              {
                uuid: item.uuid,
                name: item.name,
                settings: { ...settings, media: [...settings.media, ...item.borrowed] },
              },
            ]
          } catch (error) {
            log.warn('virtualbox.trash.settings', { uuid: item.uuid, error: String(error) })
            return []
          }
        }),
      )
      return found.flat()
    },
  }
}

/** Where its settings file is while it is in the trash. */
export function presentPath({ settingsPath, moved }: Pick<KeptItem, 'settingsPath' | 'moved'>): string {
  return moved === null ? settingsPath : moved.to + settingsPath.slice(moved.from.length)
}
