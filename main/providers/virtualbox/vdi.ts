import { open } from 'node:fs/promises'

/** `VDICore.h`: the signature at 64, and at 368, since version 1.1, what the disk may grow to. */
const signature = 0xbeda107f
const signatureAt = 64
const majorVersionAt = 70
const sizeAt = 368

/** The size of a VDI as its machine sees it; null when the file is none, or of a version before 1.1. */
export async function vdiBytes(path: string): Promise<number | null> {
  const file = await open(path, 'r').catch(() => null)
  if (file === null) return null
  try {
    const header = Buffer.alloc(sizeAt + 8)
    const { bytesRead } = await file.read(header, 0, header.length, 0)
    if (bytesRead < header.length || header.readUInt32LE(signatureAt) !== signature) return null
    if (header.readUInt16LE(majorVersionAt) !== 1) return null
    return Number(header.readBigUInt64LE(sizeAt))
  } finally {
    await file.close()
  }
}
