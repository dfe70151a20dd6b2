import { readFileSync } from 'node:fs'
import type { Host } from '../provider.ts'

/** Pages of Linux on every processor QEMU's own guests run on natively here; only used to estimate. */
const pageBytes = 4096

/**
 * Bytes of memory a process has in use; null where the system does not say it without starting a program. The kernel says it out
 * of its own memory: there is nothing to wait for.
 */
export function residentBytes(host: Pick<Host, 'platform'>, pid: number): number | null {
  if (host.platform !== 'linux') return null
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * pageBytes
  } catch {
    return null
  }
}

/** How much writing a machine's memory out can take at most. */
export function memoryInUse(host: Pick<Host, 'platform'>, pid: number, memoryBytes: number): number {
  return Math.min(memoryBytes, residentBytes(host, pid) ?? memoryBytes)
}
