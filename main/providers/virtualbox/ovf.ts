import { open } from 'node:fs/promises'
import { createTurns } from '../../turns.ts'
import { type Element, parseXml } from './xml.ts'

/** Descriptions are kilobytes; with a manifest of thousands of files still far below this. */
export const maxDescriptionBytes = 16 * 1024 * 1024
const tarBlockBytes = 512

/**
 * What the disks of an OVF or OVA may grow to together, from its description; null when that does not say. VBoxManage prints the
 * bare number without its unit.
 */
export async function ovfDiskBytes(path: string): Promise<number | null> {
  const text = await readDescription(path).catch(() => null)
  if (text === null) return null
  try {
    return diskBytesOf(await parseXml(text))
  } catch {
    return null
  }
}

/** A file that a description names. */
export interface Reference {
  readonly href: string
  readonly isCompressed: boolean
}

/**
 * The files that a description names, whichever attribute a reader would take for the name. Throws when it cannot be read: what it
 * names is then unknown.
 */
export async function readReferences(description: string): Promise<readonly Reference[]> {
  const found: Reference[] = []
  const open = [await parseXml(description)]
  const turns = createTurns()
  for (let element = open.pop(); element !== undefined; element = open.pop()) {
    for (const child of element.children) open.push(child)
    if (turns.isOver()) await turns.next()
    if (localPart(element.name).toLowerCase() !== 'file') continue
    const isCompressed = attributes(element, 'compression').some((one) => /gzip/i.test(one))
    found.push(...attributes(element, 'href').map((href) => ({ href, isCompressed })))
  }
  return found
}

/** By the end of its name, as VirtualBox tells it. */
export function isArchive(path: string): boolean {
  return !/\.ovf$/i.test(path)
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

export async function readDescription(path: string): Promise<string> {
  const file = await open(path, 'r')
  try {
    const isInside = isArchive(path)
    const header = Buffer.alloc(tarBlockBytes)
    if (isInside) await file.read(header, 0, tarBlockBytes, 0)
    // The description is the first file of an OVA, by its specification.
    const from = isInside ? tarBlockBytes : 0
    const length = isInside ? Number.parseInt(header.toString('latin1', 124, 136), 8) : (await file.stat()).size
    if (!Number.isSafeInteger(length) || length > maxDescriptionBytes)
      throw new Error(`${length} bytes are no description`)
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

function attribute(element: Element, local: string): string | null {
  return attributes(element, local)[0] ?? null
}

function attributes({ attributes: all }: Element, local: string): readonly string[] {
  return Object.entries(all).flatMap(([name, value]) => (localPart(name) === local ? [value] : []))
}

function localPart(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}
