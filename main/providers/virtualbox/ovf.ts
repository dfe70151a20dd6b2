import { open } from 'node:fs/promises'
import { type Element, parseXml } from './xml.ts'

/** Descriptions are kilobytes; with a manifest of thousands of files still far below this. */
const maxBytes = 16 * 1024 * 1024
const tarBlockBytes = 512

/**
 * What the disks of an OVF or OVA may grow to together, from its description; null when that does not say. VBoxManage prints the
 * bare number without its unit.
 */
export async function ovfDiskBytes(path: string): Promise<number | null> {
  const text = await readDescription(path).catch(() => null)
  if (text === null) return null
  try {
    return diskBytesOf(parseXml(text))
  } catch {
    return null
  }
}

/** The sum of all disks; null when one of them does not say its size in bytes, for a part of it would be a wrong number. */
export function diskBytesOf(envelope: Element): number | null {
  const disks = withName(envelope, 'DiskSection').flatMap((section) => withName(section, 'Disk'))
  if (disks.length === 0) return null
  let sum = 0
  for (const disk of disks) {
    const capacity = attribute(disk, 'capacity') ?? ''
    // A `${property}` is known only once the machine is deployed.
    const unit = unitBytes(attribute(disk, 'capacityAllocationUnits') ?? 'byte')
    if (!/^\d+$/.test(capacity) || unit === null) return null
    sum += Number(capacity) * unit
  }
  return Number.isSafeInteger(sum) ? sum : null
}

/** Names of before the programmatic units of DSP0004, which VMware's older exports have. */
const words: Readonly<Record<string, number>> = {
  byte: 1,
  bytes: 1,
  kilobytes: 2 ** 10,
  megabytes: 2 ** 20,
  gigabytes: 2 ** 30,
  terabytes: 2 ** 40,
}

/** `byte * 2^30` in bytes; null for what is no number of bytes. */
export function unitBytes(unit: string): number | null {
  const plain = unit.trim().toLowerCase()
  if (Object.hasOwn(words, plain)) return words[plain] ?? null
  const found = /^bytes?\s*\*\s*(\d+)(?:\s*\^\s*(\d+))?$/.exec(plain)
  if (found === null) return null
  const bytes = Number(found[1]) ** Number(found[2] ?? 1)
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : null
}

async function readDescription(path: string): Promise<string> {
  const file = await open(path, 'r')
  try {
    const isArchive = !/\.ovf$/i.test(path)
    const header = Buffer.alloc(tarBlockBytes)
    if (isArchive) await file.read(header, 0, tarBlockBytes, 0)
    // The description is the first file of an OVA, by its specification.
    const from = isArchive ? tarBlockBytes : 0
    const length = isArchive ? Number.parseInt(header.toString('latin1', 124, 136), 8) : (await file.stat()).size
    if (!Number.isSafeInteger(length) || length > maxBytes) throw new Error(`${length} bytes are no description`)
    const bytes = Buffer.alloc(length)
    const { bytesRead } = await file.read(bytes, 0, length, from)
    return bytes.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

/** Prefixes of namespaces are whatever the exporting program chose. */
function withName({ children }: Element, local: string): readonly Element[] {
  return children.filter(({ name }) => localPart(name) === local)
}

function attribute({ attributes }: Element, local: string): string | null {
  return Object.entries(attributes).find(([name]) => localPart(name) === local)?.[1] ?? null
}

function localPart(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}
