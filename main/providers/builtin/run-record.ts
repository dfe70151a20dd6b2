import { z } from 'zod'
import { readJson, writeJson } from '../common/files.ts'
import type { Folder } from './layout.ts'

/** The last start of a machine and how it ended. Written before the machine is made. */
const runRecordSchema = z.object({
  version: z.literal(1),
  startedAt: z.string(),
  ended: z
    .object({
      at: z.string(),
      how: z.enum(['stopped', 'crashed', 'berth-ended']),
      /** The emulator's last words; null when it had none. */
      said: z.string().nullable(),
    })
    .nullable(),
})
export type RunRecord = z.infer<typeof runRecordSchema>

/** null when it was never started, or when what is written cannot be read: then nothing is known of a last run. */
export function readRun(folder: Folder): Promise<RunRecord | null> {
  return readJson(folder.run, runRecordSchema).catch(() => null)
}

/** Only for a Berth that ends: after a power cut the machine is off, whatever this says. */
export function writeRun(folder: Folder, run: RunRecord): Promise<void> {
  return writeJson(folder.run, run, 'quick')
}
