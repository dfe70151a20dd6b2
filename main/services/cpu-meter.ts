import { type CpuInfo, cpus } from 'node:os'

/** A span shorter than this says more about chance than about the computer. */
const minMs = 1_000

/**
 * How busy this computer's processors were since it was last asked, 0 to 100, of all of them together. null at first, and
 * where the system does not count. Asked again at once, it says the same as before.
 */
export function createCpuMeter(
  read: () => readonly Pick<CpuInfo, 'times'>[] = cpus,
  nowMs: () => number = () => performance.now(),
): () => number | null {
  let before = { ...sum(read()), atMs: nowMs() }
  let percent: number | null = null
  return () => {
    const atMs = nowMs()
    if (atMs - before.atMs < minMs) return percent
    const now = { ...sum(read()), atMs }
    const total = now.totalMs - before.totalMs
    percent = total > 0 ? Math.min(100, Math.max(0, (100 * (now.busyMs - before.busyMs)) / total)) : null
    before = now
    return percent
  }
}

function sum(processors: readonly Pick<CpuInfo, 'times'>[]): { readonly busyMs: number; readonly totalMs: number } {
  let busyMs = 0
  let totalMs = 0
  for (const { times } of processors) {
    const busy = times.user + times.nice + times.sys + times.irq
    busyMs += busy
    totalMs += busy + times.idle
  }
  return { busyMs, totalMs }
}
