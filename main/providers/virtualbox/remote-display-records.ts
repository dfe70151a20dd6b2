import { join } from 'node:path'
import { z } from 'zod'
import { names, readJson, remove } from '../common/files.ts'
import type { Host } from '../provider.ts'
import { writeRecord } from './write-record.ts'

const recordSchema = z.object({
  version: z.literal(1),
  /** The machine ran, and stands still only because its display is being switched. */
  isPausedByUs: z.boolean(),
})

/** Machines whose remote display Berth has switched on. One file for each, there for as long as it is on. */
export interface DisplayRecords {
  has(uuid: string): Promise<boolean>
  isPausedByUs(uuid: string): Promise<boolean>
  write(uuid: string, isPausedByUs: boolean): Promise<void>
  drop(uuid: string): Promise<void>
  uuids(): Promise<readonly string[]>
}

export function createDisplayRecords({ dataDir, log }: Pick<Host, 'dataDir' | 'log'>): DisplayRecords {
  const folder = join(dataDir, 'displays')
  const pathOf = (uuid: string): string => join(folder, `${uuid}.json`)
  const uuids = async (): Promise<readonly string[]> =>
    (await names(folder)).flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : []))
  return {
    has: async (uuid) => (await uuids()).includes(uuid),
    async isPausedByUs(uuid) {
      try {
        return (await readJson(pathOf(uuid), recordSchema))?.isPausedByUs ?? false
      } catch (error) {
        // That it is there says that the display is to be switched off; a machine is not made to run on a guess.
        log.warn('virtualbox.display.record', { uuid, error: String(error) })
        return false
      }
    },
    write: (uuid, isPausedByUs) => writeRecord(pathOf(uuid), { version: 1, isPausedByUs }),
    drop: (uuid) => remove(pathOf(uuid)),
    uuids,
  }
}
