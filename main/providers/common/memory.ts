import { readFile } from 'node:fs/promises'
import type { Host } from '../provider.ts'

/** Pages of Linux on every processor QEMU's own guests run on natively here; only used to estimate. */
const pageBytes = 4096

/** Bytes of memory a process has in use; null where the system does not say it without starting a program. */
export async function residentBytes(host: Host, pid: number): Promise<number | null> {
  if (host.platform !== 'linux') return null
  const text = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '')
  const pages = Number(text.split(' ')[1])
  return Number.isFinite(pages) && text !== '' ? pages * pageBytes : null
}

/** How much writing a machine's memory out can take at most. */
export async function memoryInUse(host: Host, pid: number, memoryBytes: number): Promise<number> {
  return Math.min(memoryBytes, (await residentBytes(host, pid)) ?? memoryBytes)
}
