import type { DiskFormat } from '../../../app/domain/spec.ts'

/** The file's name without its folder, whichever way the slashes lean. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? ''
}

/** Words of a file's name that say nothing about the machine. */
const noise =
  /^(?:x86|amd64|x64|i[3-6]86|arm64|aarch64|riscv64|live|server|desktop|netinst|dvd\d*|cd\d*|disc\d*|disk\d*|iso|installer|install|minimal|standard|cloudimg|genericcloud|nocloud|generic|release|latest|image|64|64bit)$/i

/**
 * A machine's name from its image's file: `ubuntu-24.04.1-live-server-amd64.iso` gives `ubuntu-24.04.1`. A name that holds
 * nothing but noise is kept as it is.
 */
export function nameFromFile(path: string): string {
  const base = fileName(path).replace(/\.(?:iso|img|qcow2?|raw|vmdk|vdi|vhdx?)$/i, '')
  const words = base.split(/[-_ ]+/).filter((word) => word !== '' && !noise.test(word))
  return (words.length === 0 ? base : words.slice(0, 4).join('-')).trim()
}

/** A container's name from its image: `ghcr.io/owner/web-api:3.1` gives `web-api`. */
export function nameFromImage(reference: string): string {
  const path = reference.split('@', 1)[0] ?? ''
  return (path.split('/').at(-1)?.split(':', 1)[0] ?? '').replace(/[^a-zA-Z0-9_.-]/g, '')
}

/** The name itself if nobody has it, else the first free one of `name-2`, `name-3`, … */
export function uniqueName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name
  let number = 2
  while (taken.has(`${name}-${number}`)) number += 1
  return `${name}-${number}`
}

const formats: Readonly<Record<string, DiskFormat>> = {
  qcow2: 'qcow2',
  qcow: 'qcow2',
  raw: 'raw',
  img: 'raw',
  vmdk: 'vmdk',
  vdi: 'vdi',
  vhdx: 'vhdx',
}

/** The format an image's name promises; null when it promises none. Only a guess: the person can choose another. */
export function guessFormat(path: string): DiskFormat | null {
  return formats[/\.([a-z0-9]+)$/i.exec(fileName(path))?.[1]?.toLowerCase() ?? ''] ?? null
}
