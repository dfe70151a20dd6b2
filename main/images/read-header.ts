import { type ImageFormat, imageFormatOf } from './first-bytes.ts'
import { BadHeader, type ImageHeader, plain, type ReadAt } from './image-header.ts'
import { readQcow, readQcow2, readQed } from './qcow-header.ts'
import { readVdi, readVhdx } from './size-headers.ts'
import { readVmdk } from './vmdk-header.ts'

/** An image's header, read as `format`; null goes by its first bytes. Throws `BadHeader`. */
export async function readHeader(readAt: ReadAt, firstBytes: Buffer, format: ImageFormat | null): Promise<ImageHeader> {
  const found = imageFormatOf(firstBytes)
  const as = format ?? found
  // Whatever is said to be raw is raw: what a guest wrote into its first sector means nothing.
  if (as === 'raw') return plain('raw')
  if (as !== found) throw new BadHeader(`not ${as} but ${found}`)
  switch (as) {
    case 'qcow2':
      return readQcow2(readAt)
    case 'qcow':
      return readQcow(readAt)
    case 'qed':
      return readQed(readAt)
    case 'vmdk':
      return readVmdk(readAt)
    case 'vdi':
      return readVdi(firstBytes)
    case 'vhdx':
      return readVhdx(readAt)
    case 'luks':
      return { ...plain('luks'), isEncrypted: true }
    case 'vpc':
    case 'parallels':
      return plain(as)
  }
}
