import { z } from 'zod'
import { readJson, writeJson } from '../common/files.ts'
import { acceleratorSchema } from './accelerator.ts'
import type { Folder } from './layout.ts'

/** The last start of a machine: which process it is, and how it ended. Written before the process is made. */
const runRecordSchema = z.object({
  version: z.literal(1),
  startedAt: z.string(),
  accelerator: acceleratorSchema,
  /** null from just before the process is made until its number is known. */
  process: z.object({ pid: z.number().int(), startTime: z.string() }).nullable(),
  /** Where this run's words begin in QEMU's log. */
  logFrom: z.number().int(),
  ended: z
    .object({
      at: z.string(),
      how: z.enum(['stopped', 'crashed']),
      /** The tool's last words; null when it had none. */
      said: z.string().nullable(),
    })
    .nullable(),
})
export type RunRecord = z.infer<typeof runRecordSchema>

/** null when it was never started, or when what is written cannot be read: then nothing is known of a last run. */
export async function readRun(folder: Folder): Promise<RunRecord | null> {
  return readJson(folder.run, runRecordSchema).catch(() => null)
}

/** Only for a Berth that ends: a power cut ends the process too, and with it all that the record is for. */
export function writeRun(folder: Folder, run: RunRecord): Promise<void> {
  return writeJson(folder.run, run, 'quick')
}
