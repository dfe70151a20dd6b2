import { createHash } from 'node:crypto'
import { isAbsolute, resolve } from 'node:path'
import { z } from 'zod'
import { diskFormats, vmSpecSchema } from '../../../app/domain/spec.ts'
import { readJson, writeJson } from '../common/files.ts'
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
export const definitionSchema = z.object({
  version: z.literal(1),
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
})
export type Definition = z.infer<typeof definitionSchema>
export type Disk = z.infer<typeof diskSchema>

export function readDefinition(folder: Folder): Promise<Definition | null> {
  return readJson(folder.definition, definitionSchema)
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
