import { readFile } from 'node:fs/promises'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Stats } from '../../../app/domain/stats.ts'
import type { StatsOps } from '../provider.ts'
import type { ProviderContext } from './provider-context.ts'

/** A tick of `/proc/PID/stat` on every Linux that Node runs on. */
const ticksPerSecond = 100
const pageBytes = 4096

interface Sample {
  readonly pid: number
  readonly atMs: number
  readonly cpuSeconds: number | null
  readonly memoryBytes: number | null
  readonly readBytes: number | null
  readonly writtenBytes: number | null
}

/**
 * Figures of a machine's process, from the kernel's own files and without starting a program: `VBoxManage metrics` would have to
 * be set up first and asks every machine in turn. Elsewhere than on Linux nothing is known.
 */
export function createStats(context: ProviderContext): StatsOps {
  const before = new Map<MachineId, Sample>()
  return {
    async read(ids) {
      for (const id of before.keys()) if (!ids.includes(id)) before.delete(id)
      if (context.host.platform !== 'linux') return []
      const running = context.inventory.loaded().flatMap((entry) => {
        const { id } = context.inventory.machine(entry)
        const { pid } = context.inventory.observedState(entry)
        return ids.includes(id) && pid !== null ? [{ id, entry, pid }] : []
      })
      return Promise.all(
        running.map(async ({ id, entry, pid }) => {
          const sample = await take(pid)
          const last = before.get(id)
          before.set(id, sample)
          const limitBytes = entry.settings?.hardware.memoryBytes ?? null
          return statsBetween(id, last?.pid === pid ? last : null, sample, limitBytes)
        }),
      )
    },
  }
}

function statsBetween(id: MachineId, last: Sample | null, now: Sample, limitBytes: number | null): Stats {
  const rate = (pick: (of: Sample) => number | null): number | null => {
    const [to, from] = [pick(now), last === null ? null : pick(last)]
    if (to === null || from === null || last === null || now.atMs <= last.atMs) return null
    return Math.max(0, ((to - from) * 1000) / (now.atMs - last.atMs))
  }
  const cpu = rate(({ cpuSeconds }) => cpuSeconds)
  return {
    id,
    cpuPercent: cpu === null ? null : cpu * 100,
    memoryBytes: now.memoryBytes,
    memoryLimitBytes: limitBytes,
    diskReadBytesPerSecond: rate(({ readBytes }) => readBytes),
    diskWriteBytesPerSecond: rate(({ writtenBytes }) => writtenBytes),
    networkReceiveBytesPerSecond: null,
    networkSendBytesPerSecond: null,
  }
}

async function take(pid: number): Promise<Sample> {
  const read = (name: string): Promise<string> => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '')
  const [stat, memory, io] = await Promise.all([read('stat'), read('statm'), read('io')])
  // The second field is the program's name in parentheses and may hold anything, parentheses included.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  const pages = Number(memory.split(' ')[1])
  const field = (name: string): number | null => {
    const value = new RegExp(`^${name}: (\\d+)$`, 'm').exec(io)?.[1]
    return value === undefined ? null : Number(value)
  }
  return {
    pid,
    atMs: performance.now(),
    cpuSeconds: Number.isFinite(ticks) ? ticks / ticksPerSecond : null,
    memoryBytes: Number.isFinite(pages) ? pages * pageBytes : null,
    readBytes: field('read_bytes'),
    writtenBytes: field('write_bytes'),
  }
}
