import { z } from 'zod'
import { sharedFolderSchema } from '../../../app/domain/spec.ts'
import { MiB } from '../../../app/domain/units.ts'
import { readJson, writeJson } from '../common/files.ts'
import type { Folder } from './layout.ts'

/** `monitor`: Berth's own guest, in its ROM. `pc`: whatever a BIOS boots; the BIOS is copied into the machine's folder. */
const systemSchema = z.enum(['monitor', 'pc'])
export type System = z.infer<typeof systemSchema>

/** What a machine is, as its folder keeps it. A field added later gets a default, so that older folders stay readable. */
export const definitionSchema = z.object({
  version: z.literal(1),
  uuid: z.uuid(),
  name: z.string(),
  createdAt: z.string(),
  system: systemSchema,
  memoryBytes: z.number().int().positive(),
  /** As the guest sees its disk; null without one. */
  diskBytes: z.number().int().positive().nullable(),
  /** An ISO or floppy image of the person's, which is only read. */
  discPath: z.string().nullable(),
  /** A folder of the person's that the guest finds inside. */
  sharedFolder: sharedFolderSchema.nullable().default(null),
})
export type Definition = z.infer<typeof definitionSchema>

/** What a kept memory fits: a machine of the same make. */
export const makeSchema = z.object({
  /** v86's version. */
  emulator: z.string(),
  system: systemSchema,
  memoryBytes: z.number().int(),
  videoBytes: z.number().int(),
})
export type Make = z.infer<typeof makeSchema>

/** Enough for a monitor's text, and for 1920 × 1080 in full colour. */
const videoBytes: Readonly<Record<System, number>> = { monitor: MiB, pc: 8 * MiB }

export function makeOf({ system, memoryBytes }: Definition, emulator: string): Make {
  return { emulator, system, memoryBytes, videoBytes: videoBytes[system] }
}

export function readDefinition(folder: Folder): Promise<Definition | null> {
  return readJson(folder.definition, definitionSchema)
}

export function writeDefinition(folder: Folder, definition: Definition): Promise<void> {
  return writeJson(folder.definition, definition)
}
