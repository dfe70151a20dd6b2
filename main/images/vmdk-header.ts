import { BadHeader, type ExtentName, type ImageHeader, plain, type ReadAt } from './image-header.ts'

/**
 * VMware's "Virtual Disk Format 5.0". A VMDK's description is a file of its own or lies inside a sparse file. QEMU looks for it at
 * the second sector, VirtualBox where the header says: both places are read, and what either names counts.
 */
const maxTextBytes = 1024 * 1024
const sector = 512
const usualTextAt = sector
const usualTextBytes = 20 * sector

export async function readVmdk(readAt: ReadAt): Promise<ImageHeader> {
  const header = await readAt(0, sector)
  const magic = header.toString('latin1', 0, 4)
  if (magic !== 'KDMV' && magic !== 'COWD') {
    const text = (await readAt(0, maxTextBytes)).toString('utf8')
    return described(text, [text], null)
  }
  if (header.length < sector) throw new BadHeader('a header that is cut short')
  const usual = (await readAt(usualTextAt, usualTextBytes)).toString('utf8')
  if (magic === 'COWD') return described('', [usual], header.readUInt32LE(12) * sector)
  const capacity = header.readBigUInt64LE(12)
  const textAt = header.readBigUInt64LE(28)
  const textSectors = header.readBigUInt64LE(36)
  if (textAt > BigInt(Math.floor(Number.MAX_SAFE_INTEGER / sector)))
    throw new BadHeader('a description beyond every file')
  const textBytes = textSectors === 0n ? maxTextBytes : Math.min(Number(textSectors) * sector, maxTextBytes)
  const text = textAt === 0n ? '' : (await readAt(Number(textAt) * sector, textBytes)).toString('utf8')
  // Without a size of its own, the sparse file is nothing but its description; else it is its own extent.
  if (capacity === 0n) return described(text, [usual, text], null)
  return described('', [usual, text], Number(capacity) * sector)
}

/** `extentsIn` is the text whose extents would be opened, `texts` those that may name a parent. */
function described(extentsIn: string, texts: readonly string[], virtualBytes: number | null): ImageHeader {
  const { extents, sectors } = readExtents(extentsIn)
  const parent = texts.map(parentOf).find((name) => name !== null) ?? null
  return {
    ...plain('vmdk'),
    virtualBytes: virtualBytes ?? sectors * sector,
    backing: parent === null ? null : { name: parent, format: 'vmdk' },
    extents,
  }
}

/** `RW 2048 FLAT "disk-flat.vmdk" 0`, and for a device `RW 2048 FLAT "/dev/sda" 63`. */
function readExtents(text: string): { readonly extents: readonly ExtentName[]; readonly sectors: number } {
  const extents: ExtentName[] = []
  let sectors = 0
  for (const line of text.split(/[\r\n\0]+/)) {
    if (!/^\s*(?:RW|RDONLY|NOACCESS)\s/i.test(line)) continue
    const match = /^\s*\w+\s+(\d+)\s+([A-Za-z0-9]+)\s*(?:"([^"]*)")?/.exec(line)
    const [, count = '0', kind = '', name] = match ?? []
    sectors += Number(count)
    if (/^ZERO$/i.test(kind) && name === undefined) continue
    if (name === undefined || name === '') throw new BadHeader(`an extent without a name: ${line.slice(0, 80)}`)
    extents.push({ name, kind: /SPARSE$/i.test(kind) ? 'sparse' : 'flat' })
  }
  return { extents, sectors }
}

/** The parent as QEMU reads it: from the second sign after the word on, to the next quote, wherever it stands. */
function parentOf(text: string): string | null {
  const word = 'parentFileNameHint'
  const at = text.indexOf(word)
  if (at < 0) return null
  const rest = text.slice(at + word.length + 2)
  const end = rest.indexOf('"')
  if (end < 0 || end > 4096) throw new BadHeader('a parent without an end')
  return end === 0 ? null : rest.slice(0, end)
}
