import { type FileHandle, open } from 'node:fs/promises'

/** Formats that keep the UUID by which VirtualBox knows an image. */
export const formatsWithUuid = ['VDI', 'VMDK', 'VHD'] as const
export type FormatWithUuid = (typeof formatsWithUuid)[number]

/** `VDICore.h`: the signature, and the UUID the image was created with, since version 1.1. */
const vdi = { signature: 0xbeda107f, signatureAt: 64, majorVersionAt: 70, uuidAt: 392 } as const
/** VMware's sparse extent header: where the descriptor stands, in sectors. */
const vmdk = { magic: 'KDMV', offsetAt: 28, sizeAt: 36, sectorBytes: 512, maxDescriptorBytes: 1024 * 1024 } as const
/** Microsoft's VHD: a footer of one sector. */
const vhd = { cookie: 'conectix', footerBytes: 512, uuidAt: 68 } as const

/** The UUID in an image's own header; null when the file is no image of that format or has none. */
export async function imageUuid(path: string, format: FormatWithUuid): Promise<string | null> {
  const file = await open(path, 'r')
  try {
    switch (format) {
      case 'VDI':
        return await vdiUuid(file)
      case 'VMDK':
        return await vmdkUuid(file)
      case 'VHD':
        return await vhdUuid(file)
    }
  } finally {
    await file.close()
  }
}

async function vdiUuid(file: FileHandle): Promise<string | null> {
  const header = await read(file, 0, vdi.uuidAt + 16)
  if (header.length < vdi.uuidAt + 16 || header.readUInt32LE(vdi.signatureAt) !== vdi.signature) return null
  return header.readUInt16LE(vdi.majorVersionAt) === 1 ? uuidAt(header, vdi.uuidAt) : null
}

async function vmdkUuid(file: FileHandle): Promise<string | null> {
  const header = await read(file, 0, vmdk.sectorBytes)
  const isSparse = header.toString('latin1', 0, 4) === vmdk.magic && header.length === vmdk.sectorBytes
  const offset = isSparse ? Number(header.readBigUInt64LE(vmdk.offsetAt)) * vmdk.sectorBytes : 0
  const size = isSparse ? Number(header.readBigUInt64LE(vmdk.sizeAt)) * vmdk.sectorBytes : vmdk.maxDescriptorBytes
  const text = (await read(file, offset, Math.min(size, vmdk.maxDescriptorBytes))).toString('latin1')
  if (!text.startsWith('# Disk DescriptorFile')) return null
  return /^ddb\.uuid\.image\s*=\s*"([0-9a-f-]{36})"/im.exec(text)?.[1]?.toLowerCase() ?? null
}

async function vhdUuid(file: FileHandle): Promise<string | null> {
  const { size } = await file.stat()
  const footer = await read(file, size - vhd.footerBytes, vhd.footerBytes)
  return footer.toString('latin1', 0, 8) === vhd.cookie ? uuidAt(footer, vhd.uuidAt) : null
}

/** As VirtualBox keeps one in memory and writes it: the first three parts with their last byte first. */
function uuidAt(bytes: Buffer, at: number): string {
  const hex = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
    .map((index) => (bytes[at + index] ?? 0).toString(16).padStart(2, '0'))
    .join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

async function read(file: FileHandle, from: number, length: number): Promise<Buffer> {
  if (from < 0 || !Number.isSafeInteger(from)) return Buffer.alloc(0)
  const bytes = Buffer.alloc(length)
  const { bytesRead } = await file.read(bytes, 0, length, from)
  return bytes.subarray(0, bytesRead)
}
