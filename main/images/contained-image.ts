import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { firstBytesLength, type ImageFormat, imageFormatOf, type Packing, packingOf } from './first-bytes.ts'
import { BadHeader, type ReadAt } from './image-header.ts'
import { readHeader } from './read-header.ts'

/** Of a compressed image. Headers lie at the front; one that lies further back is not honest. */
const unpackedBytes = 4 * 1024 * 1024

/** An image inside an archive or a compressed file: there is nothing beside it that it could stand on. */
export interface ContainedImage {
  readonly format: ImageFormat
  readonly packing: Packing | null
  readonly isEncrypted: boolean
  /** Other files that its header names. */
  readonly names: readonly string[]
  /** Why its header cannot be understood; null when it can. */
  readonly damage: string | null
}

export async function readContained(readAt: ReadAt): Promise<ContainedImage> {
  let format: ImageFormat = 'raw'
  let packing: Packing | null = null
  try {
    const first = await readAt(0, firstBytesLength)
    format = imageFormatOf(first)
    packing = packingOf(first)
    const { isEncrypted, backing, extents } = await readHeader(readAt, first, null)
    const names = [...(backing === null ? [] : [backing.name]), ...extents.map(({ name }) => name)]
    return { format, packing, isEncrypted, names, damage: null }
  } catch (error) {
    if (!(error instanceof BadHeader)) throw error
    return { format, packing, isEncrypted: false, names: [], damage: error.message }
  }
}

/** The beginning of what a gzip file holds; bytes behind it can't be read, and what a header has there is damage. */
export async function unpackedStart(packed: Readable): Promise<ReadAt> {
  const gunzip = createGunzip()
  packed.on('error', (error) => gunzip.destroy(error)).pipe(gunzip)
  const chunks: Buffer[] = []
  let length = 0
  let isWhole = true
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      length += chunk.length
      isWhole = length < unpackedBytes
      if (!isWhole) break
    }
  } catch {
    isWhole = false
  } finally {
    packed.destroy()
  }
  const bytes = Buffer.concat(chunks)
  return async (offset, count) => {
    if (!isWhole && offset + count > bytes.length) throw new BadHeader('a header that could not be unpacked')
    return bytes.subarray(offset, offset + count)
  }
}
