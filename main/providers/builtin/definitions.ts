import { existsSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { z } from 'zod'
import { sharedFolderSchema, vmSpecSchema } from '../../../app/domain/spec.ts'
import { MiB } from '../../../app/domain/units.ts'
import { readRecord } from '../../state/record.ts'
import { type DefinitionReading, definitionIn, writtenAt } from '../common/definition-file.ts'
import { writeJson } from '../common/files.ts'
import type { Device } from './emulator/messages.ts'
import type { Folder } from './layout.ts'

/**
 * `monitor`: Berth's own guest, in its ROM, for tests. `linux`: the one that comes with Berth. `pc`: whatever a BIOS boots. The
 * last two have their BIOS in the machine's folder.
 */
const systemSchema = z.enum(['monitor', 'linux', 'pc'])
export type System = z.infer<typeof systemSchema>

/** What a machine is, as its folder keeps it. A field added later gets a default, so that older folders stay readable. */
const shape = {
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
  /** What its card is connected with: nothing, or the network in its thread. */
  network: vmSpecSchema.shape.network.default({ mode: 'none' }),
  /** Which memory that comes with Berth this disk belongs to; null once the machine was started, and for disks without one. */
  prepared: z.string().nullable().default(null),
}
const definitionSchema = z.object({ version: z.literal(1), ...shape })
export type Definition = z.infer<typeof definitionSchema>

/** What a kept memory fits: a machine of the same make. */
export const makeSchema = z.object({
  /** v86's version. */
  emulator: z.string(),
  system: systemSchema,
  memoryBytes: z.number().int().positive(),
  videoBytes: z.number().int().positive(),
  /** As `Device` names them. */
  devices: z.array(z.string()).default([]),
})
export type Make = z.infer<typeof makeSchema>

/** Of a machine whose definition does not tell. */
const usualMemoryBytes = 128 * MiB

/** Enough for text, and for 1920 × 1080 in full colour. */
const videoBytes: Readonly<Record<System, number>> = { monitor: MiB, linux: MiB, pc: 8 * MiB }

/**
 * What a machine has beyond the PC that each of them is. A guest cannot take a device that comes or goes while it runs, so that
 * a Linux has all of them from the beginning, whether there is something behind them or not.
 */
export const devicesOf: Readonly<Record<System, readonly Device[]>> = {
  monitor: [],
  linux: ['guest-line', 'network-card', 'shared-folder'],
  pc: [],
}

export function makeOf({ system, memoryBytes }: Definition, emulator: string): Make {
  return { emulator, system, memoryBytes, videoBytes: videoBytes[system], devices: [...devicesOf[system]] }
}

/** Reads a definition field by field. What the machine's folder holds itself can stand for most of them. */
export function readDefinitionFile(folder: Folder): DefinitionReading<Definition> {
  return readRecord(folder.definition, 1, (fields) => {
    const uuid = fields.take('uuid', shape.uuid, basename(folder.path))
    const name = fields.need('name', shape.name)
    const definition = {
      version: 1,
      uuid,
      name: name ?? uuid,
      createdAt: fields.take('createdAt', shape.createdAt, () => writtenAt(folder.definition)),
      // Only a machine that boots by a BIOS has a copy of one.
      system: fields.take('system', shape.system, () => (existsSync(folder.bios) ? 'pc' : 'monitor')),
      memoryBytes: fields.take('memoryBytes', shape.memoryBytes, usualMemoryBytes),
      diskBytes: fields.take('diskBytes', shape.diskBytes, () => sizeOf(folder.disk)),
      discPath: fields.take('discPath', shape.discPath, null),
      sharedFolder: fields.take('sharedFolder', shape.sharedFolder, null),
      network: fields.take('network', shape.network, { mode: 'none' }),
      prepared: fields.take('prepared', shape.prepared, null),
    } as const
    return { definition, name }
  })
}

function sizeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size || null
}

/** null when there is none. Throws when it cannot be read. */
export async function readDefinition(folder: Folder): Promise<Definition | null> {
  return definitionIn(readDefinitionFile(folder))
}

export function writeDefinition(folder: Folder, definition: Definition): Promise<void> {
  return writeJson(folder.definition, definition)
}
