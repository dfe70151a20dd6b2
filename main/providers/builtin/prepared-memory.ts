import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { keptMemorySchema } from './memory.ts'
import { linux } from './program.ts'

/** The memory of a Linux just before its first prompt, as it comes with Berth, and the disk that it belongs to. */
const preparedSchema = z.object({
  /** The disk's own name: the SHA-256 of what its machine begins with. */
  disk: z.string(),
  memory: keptMemorySchema,
})

export async function readPrepared(): Promise<z.infer<typeof preparedSchema>> {
  return preparedSchema.parse(JSON.parse(await readFile(linux.prepared, 'utf8')))
}
