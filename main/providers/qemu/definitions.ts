import { createHash } from 'node:crypto'
import { basename, isAbsolute, resolve } from 'node:path'
import { z } from 'zod'
import { diskFormats, forwardSchema, vmSpecSchema } from '../../../app/domain/spec.ts'
import { GiB } from '../../../app/domain/units.ts'
import { fittingItems } from '../../state/read-state.ts'
import { type Fields, readRecord } from '../../state/record.ts'
import { type DefinitionReading, definitionIn, writtenAt } from '../common/definition-file.ts'
import { writeJson } from '../common/files.ts'
import type { Image } from '../common/images/qemu-img.ts'
import { baseReference, type Folder, varsFile } from './layout.ts'

const diskSchema = z.object({
  /** A name in the machine's folder, or the absolute path of a disk that is used in place. */
  file: z.string().min(1),
  format: z.enum(diskFormats),
  /** As the guest sees it. */
  sizeBytes: z.number().int().nonnegative(),
  /** Files elsewhere that a disk used in place may open besides, each agreed to; null when it was taken in before that was asked. */
  allowed: z.array(z.string()).nullable().default(null),
})

/** What a machine is, as its folder keeps it. A field added later gets a default, so that older folders stay readable. */
const shape = {
  uuid: z.uuid(),
  name: z.string(),
  createdAt: z.string(),
  arch: z.string(),
  /** With its version (`pc-q35-7.2`), so that a newer QEMU still makes the same hardware; null takes QEMU's default. */
  machine: z.string().nullable(),
  cpus: z.number().int().positive(),
  memoryBytes: z.number().int().positive(),
  disks: z.array(diskSchema),
  isoPath: z.string().nullable(),
  network: vmSpecSchema.shape.network,
  mac: z.string(),
  firmware: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('bios') }),
    z.object({ kind: z.literal('uefi'), codePath: z.string(), codeFormat: z.enum(['raw', 'qcow2']) }),
  ]),
  /**
   * `vga`: a display, and a pointer that knows where it is; `virtio`: the same, with a card that takes any size. Machines made before
   * there were any have none until their settings give them one.
   */
  graphics: z.enum(['none', 'vga', 'virtio']).default('none'),
  /** Shared bases its disks stand on, directly or through each other. */
  bases: z.array(z.string()),
}
const definitionSchema = z.object({ version: z.literal(1), ...shape })
export type Definition = z.infer<typeof definitionSchema>
export type Disk = z.infer<typeof diskSchema>

/**
 * Reads a definition field by field. Nothing can stand for what says which disks a machine has, what they stand on, and what would
 * read them: a machine without these is shown and not started.
 */
export function readDefinitionFile(folder: Folder): DefinitionReading<Definition> {
  return readRecord(folder.definition, 1, (fields) => {
    const own = basename(folder.path)
    const uuid = fields.take('uuid', shape.uuid, own)
    const arch = fields.need('arch', shape.arch)
    const disks = fields.need('disks', shape.disks)
    const firmware = fields.need('firmware', shape.firmware)
    const bases = fields.need('bases', shape.bases)
    const name = fields.need('name', shape.name)
    const rest = {
      createdAt: fields.take('createdAt', shape.createdAt, () => writtenAt(folder.definition)),
      machine: fields.take('machine', shape.machine, null),
      cpus: fields.take('cpus', shape.cpus, 1),
      memoryBytes: fields.take('memoryBytes', shape.memoryBytes, GiB),
      isoPath: fields.take('isoPath', shape.isoPath, null),
      network: networkOf(fields),
      mac: fields.take('mac', shape.mac, macOf(uuid)),
      graphics: fields.take('graphics', shape.graphics, 'vga'),
    }
    if (arch === null || disks === null || firmware === null || bases === null) return { definition: null, name }
    const definition = { version: 1, uuid, name: name ?? uuid, arch, disks, firmware, bases, ...rest } as const
    return { definition, name }
  })
}

const userNetworkSchema = z.looseObject({ mode: z.literal('user'), forwards: z.unknown() })

/** A forward that does not fit leaves the others. */
function networkOf(fields: Fields): Definition['network'] {
  const given = userNetworkSchema.safeParse(fields.raw('network'))
  if (!given.success) return fields.take('network', shape.network, { mode: 'none' })
  const forwards = fittingItems(given.data.forwards, forwardSchema, 'network.forwards', fields.unfit)
  return { mode: 'user', forwards: [...forwards] }
}

/** null when there is none. Throws when it cannot be read as far as is needed. */
export async function readDefinition(folder: Folder): Promise<Definition | null> {
  return definitionIn(readDefinitionFile(folder))
}

export function writeDefinition(folder: Folder, definition: Definition): Promise<void> {
  return writeJson(folder.definition, definition)
}

/** Every image the guest can change: its disks, then the firmware's variables. */
export function imagesOf(definition: Definition, folder: Folder): readonly Image[] {
  const disks = definition.disks.map((disk, index) => ({
    node: `disk${index}`,
    path: diskPath(disk, folder),
    format: disk.format,
    allowed: allowedOf(disk, definition, folder),
  }))
  if (definition.firmware.kind === 'bios') return disks
  return [...disks, { node: 'vars0', path: folder.file(varsFile), format: 'qcow2', allowed: [] }]
}

/** Files outside its folder that a disk may stand on: of one that Berth made, its bases. */
function allowedOf(disk: Disk, { bases }: Definition, folder: Folder): readonly string[] | null {
  return isInPlace(disk) ? disk.allowed : bases.map((baseId) => resolve(folder.path, baseReference(baseId)))
}

export function diskPath(disk: Disk, folder: Folder): string {
  return isAbsolute(disk.file) ? disk.file : folder.file(disk.file)
}

export function isInPlace(disk: Disk): boolean {
  return isAbsolute(disk.file)
}

/** A network address of QEMU's own range that stays with the machine. */
export function macOf(uuid: string): string {
  const hash = createHash('sha256').update(uuid).digest('hex')
  return `52:54:00:${hash.slice(0, 2)}:${hash.slice(2, 4)}:${hash.slice(4, 6)}`
}
