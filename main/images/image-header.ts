import type { ImageFormat } from './first-bytes.ts'

/** Reads part of a file; fewer bytes where the file ends. */
export type ReadAt = (offset: number, length: number) => Promise<Buffer>

/** What an image's header says, as it stands there. Nothing else is opened to find it out. */
export interface ImageHeader {
  readonly format: ImageFormat
  /** The size of the disk as a machine sees it; null when the header does not tell. */
  readonly virtualBytes: number | null
  readonly isEncrypted: boolean
  /** The image it holds only the differences to. */
  readonly backing: BackingName | null
  /** Files that hold this image's own content. */
  readonly extents: readonly ExtentName[]
}

export interface BackingName {
  /** A path or one of QEMU's file names with a protocol. */
  readonly name: string
  /** Its format as the header gives it; null when the header leaves that open. */
  readonly format: string | null
}

export interface ExtentName {
  readonly name: string
  /** `flat` is raw content; `sparse` a VMDK file of its own. */
  readonly kind: 'flat' | 'sparse'
}

/** A header that contradicts itself, or is cut short. No tool may be left to guess what it means. */
export class BadHeader extends Error {}

export function plain(format: ImageFormat): ImageHeader {
  return { format, virtualBytes: null, isEncrypted: false, backing: null, extents: [] }
}
