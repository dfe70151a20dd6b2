import type { Stats } from 'node:fs'
import { open, realpath, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import {
  firstBytesLength,
  type ImageFormat,
  imageFormatOf,
  isBootSector,
  type Packing,
  packingOf,
} from './first-bytes.ts'
import { type BackingName, BadHeader, type ImageHeader, type ReadAt } from './image-header.ts'
import { readImageName } from './image-name.ts'
import { readHeader } from './read-header.ts'

/** No tool takes as many: a chain that is longer leads nowhere. */
const maxLayers = 1000
const maxExtents = 4096

/** One image of a chain, and what it is opened as. */
export interface Layer {
  /** With links resolved. */
  readonly path: string
  readonly format: ImageFormat
  /** A disk of this computer instead of a file. */
  readonly isDevice: boolean
  /** Other files that hold its content; none is a file that could not be found. */
  readonly extents: readonly { readonly path: string; readonly kind: 'flat' | 'sparse' }[]
}

/** Something that an image names and that would be opened with it. */
export interface NamedFile {
  /** As a person knows it: the path with links resolved, or the name as the header has it. */
  readonly path: string
  /** Image whose header names it. */
  readonly namedBy: string
  /** `backing` is only read. `extent` holds the image's own content, and is written to with it. */
  readonly role: 'backing' | 'extent'
  /**
   * `disk`: a disk image beside the image that names it. `file`: any other file. `device`, `folder`, `missing`: what it says.
   * `protocol`: no file of this computer at all.
   */
  readonly place: 'disk' | 'file' | 'device' | 'folder' | 'missing' | 'protocol'
}

/** All that an image is made of, found without opening anything but the files themselves. */
export interface ImageChain {
  /** The image first, each standing on the next; as far as it could be followed. */
  readonly layers: readonly Layer[]
  readonly named: readonly NamedFile[]
  readonly packing: Packing | null
  readonly isEncrypted: boolean
  /** The size of the disk as a machine sees it; null when it is not told. */
  readonly virtualBytes: number | null
  /** Why a header of the chain cannot be understood; null when all can. */
  readonly damage: { readonly path: string; readonly why: string } | null
}

/**
 * Follows an image through everything that it names. `format` is what the image is opened as; null goes by its first bytes.
 * Only headers are read, by Berth itself: a tool would open what it finds there. Throws what the system says when the image
 * itself cannot be read.
 */
export async function readChain(image: string, format: ImageFormat | null): Promise<ImageChain> {
  const layers: Layer[] = []
  const named: NamedFile[] = []
  const seen = new Set<string>()
  let next: { readonly path: string; readonly as: ImageFormat | null } | null = {
    path: await realpath(image),
    as: format,
  }
  let packing: Packing | null = null
  let isEncrypted = false
  let virtualBytes: number | null = null
  let damage: ImageChain['damage'] = null

  while (next !== null) {
    const { path, as }: { path: string; as: ImageFormat | null } = next
    next = null
    const isTop = layers.length === 0
    const file = await readFile(path, as)
    if (seen.has(file.identity) || layers.length === maxLayers) {
      damage = { path, why: 'the chain leads back to itself' }
      break
    }
    seen.add(file.identity)
    if (isTop) packing = file.packing
    if (file.header === null) {
      damage = { path, why: file.why }
      layers.push({ path, format: as ?? file.found, isDevice: file.isDevice, extents: [] })
      break
    }
    const { header } = file
    if (isTop) virtualBytes = header.virtualBytes ?? (header.format === 'raw' ? file.sizeBytes : null)
    isEncrypted ||= header.isEncrypted
    const extents = await Promise.all(
      header.extents.slice(0, maxExtents).map(async ({ name, kind }) => {
        const found = await lookAt(name, path, 'extent', kind === 'flat' ? 'raw' : 'vmdk')
        named.push(found)
        if (kind === 'sparse' && (await leadsFurther(found)))
          damage = { path: found.path, why: 'an extent with extents' }
        return { path: found.path, kind }
      }),
    )
    if (header.extents.length > maxExtents) damage = { path, why: `${header.extents.length} extents` }
    layers.push({ path, format: header.format, isDevice: file.isDevice, extents })
    if (header.backing === null) break
    const backingFormat = formatNamed(header.backing)
    if (backingFormat === 'unknown') {
      named.push({ path: header.backing.name, namedBy: path, role: 'backing', place: 'protocol' })
      break
    }
    const backing = await lookAt(header.backing.name, path, 'backing', backingFormat)
    named.push(backing)
    if (backing.place === 'disk' || backing.place === 'file') next = { path: backing.path, as: backingFormat }
  }
  return { layers, named, packing, isEncrypted, virtualBytes, damage }
}

const layerFormats: readonly ImageFormat[] = ['raw', 'qcow2', 'qcow', 'qed', 'vmdk', 'vdi', 'vhdx', 'vpc', 'parallels']

/** The format a backing image is opened as. Anything that is no format of a file is a driver of QEMU's that opens who knows what. */
function formatNamed({ format }: BackingName): ImageFormat | null | 'unknown' {
  if (format === null) return null
  return layerFormats.find((one) => one === format) ?? 'unknown'
}

async function lookAt(
  name: string,
  namedBy: string,
  role: NamedFile['role'],
  format: ImageFormat | null,
): Promise<NamedFile> {
  const meant = readImageName(name, namedBy)
  if (meant.kind === 'protocol') return { path: name, namedBy, role, place: 'protocol' }
  const path = await realpath(meant.path).catch(() => meant.path)
  const about = await stat(path).catch(() => null)
  const place = about === null ? 'missing' : await placeOf(path, about, namedBy, role, format)
  return { path, namedBy, role, place }
}

/** Whether an extent would be read as a description that names more. Nothing that is made so is honest. */
async function leadsFurther({ path, place }: NamedFile): Promise<boolean> {
  if (place !== 'disk' && place !== 'file') return false
  const { found, header } = await readFile(path, null)
  return found === 'vmdk' && (header === null || header.extents.length > 0)
}

async function placeOf(
  path: string,
  about: Stats,
  namedBy: string,
  role: NamedFile['role'],
  format: ImageFormat | null,
): Promise<NamedFile['place']> {
  if (about.isDirectory()) return 'folder'
  if (!about.isFile()) return 'device'
  // Beside the image alone says little: a download folder, and a home, hold other things too.
  if (dirname(path) !== dirname(namedBy) || basename(path).startsWith('.')) return 'file'
  // Later parts of a split disk begin with anything.
  if (role === 'extent' && /\.vmdk$/i.test(path)) return 'disk'
  const bytes = await firstBytes(path).catch(() => null)
  if (bytes === null) return 'file'
  const found = imageFormatOf(bytes)
  const isDisk = found === 'raw' ? isBootSector(bytes) || bytes.every((byte) => byte === 0) : found !== 'luks'
  return isDisk && bytes.length >= 512 && (format === null || format === found || format === 'raw') ? 'disk' : 'file'
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(firstBytesLength), 0, firstBytesLength, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

/** Where an ISO image says what it is. What stands before is for whoever boots it, and may look like anything. */
const isoMark = { offset: 0x8001, text: 'CD001' }

/** Whether a file says that it is a CD or DVD. */
export async function isIso(path: string): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    const bytes = Buffer.alloc(isoMark.text.length)
    await file.read(bytes, 0, bytes.length, isoMark.offset)
    return bytes.toString('latin1') === isoMark.text
  } finally {
    await file.close()
  }
}

/** What a file is by its first bytes. */
export async function formatOf(path: string): Promise<ImageFormat> {
  return imageFormatOf(await firstBytes(path))
}

interface ReadImage {
  readonly identity: string
  readonly sizeBytes: number
  readonly isDevice: boolean
  readonly packing: Packing | null
  readonly found: ImageFormat
  /** null when it cannot be understood; `why` says so. */
  readonly header: ImageHeader | null
  readonly why: string
}

async function readFile(path: string, format: ImageFormat | null): Promise<ReadImage> {
  const file = await open(path, 'r')
  try {
    const about = await file.stat({ bigint: true })
    const readAt: ReadAt = async (offset, length) => {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, offset)
      return buffer.subarray(0, bytesRead)
    }
    const first = await readAt(0, firstBytesLength)
    const facts = {
      identity: `${about.dev}:${about.ino}`,
      sizeBytes: Number(about.size),
      isDevice: about.isBlockDevice(),
      packing: packingOf(first),
      found: imageFormatOf(first),
    }
    try {
      return { ...facts, header: await readHeader(readAt, first, format), why: '' }
    } catch (error) {
      if (!(error instanceof BadHeader)) throw error
      return { ...facts, header: null, why: error.message }
    }
  } finally {
    await file.close()
  }
}
