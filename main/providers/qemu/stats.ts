import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Stats } from '../../../app/domain/stats.ts'
import { residentBytes } from '../common/memory.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { StatsOps } from '../provider.ts'
import type { Live } from './live.ts'
import type { Entry } from './machine-registry.ts'
import { parseProcStat } from './parse.ts'
import type { ProviderContext } from './provider-context.ts'

/** A tick of `/proc/PID/stat` on every Linux that Node runs on. */
const ticksPerSecond = 100
/** A machine busy with a snapshot answers later; its figures come with the next look. */
const answerMs = 1_000

const blockStatsSchema = z.array(z.object({ stats: z.object({ rd_bytes: z.number(), wr_bytes: z.number() }) }))

interface Sample {
  readonly live: Live
  readonly atMs: number
  readonly cpuTicks: number | null
  readonly readBytes: number | null
  readonly writtenBytes: number | null
}

/** Figures from the process and its line, without starting a program. Asked only while somebody looks. */
export function createStats(context: ProviderContext): StatsOps {
  const samples = new Map<MachineId, Sample>()

  const read = async (id: MachineId, entry: Entry, live: Live): Promise<Stats> => {
    const before = samples.get(id)
    const sample = await take(live)
    const memoryBytes = residentBytes(context.host, live.identity.pid)
    samples.set(id, sample)
    const isSame = before?.live === live
    const rate = (pick: (of: Sample) => number | null): number | null => {
      const [now, then] = [pick(sample), isSame ? pick(before) : null]
      if (now === null || then === null || !isSame || sample.atMs <= before.atMs) return null
      return Math.max(0, ((now - then) * 1000) / (sample.atMs - before.atMs))
    }
    const ticks = rate(({ cpuTicks }) => cpuTicks)
    return {
      id,
      cpuPercent: ticks === null ? null : (ticks / ticksPerSecond) * 100,
      memoryBytes,
      memoryLimitBytes: entry.definition?.memoryBytes ?? null,
      diskReadBytesPerSecond: rate(({ readBytes }) => readBytes),
      diskWriteBytesPerSecond: rate(({ writtenBytes }) => writtenBytes),
      networkReceiveBytesPerSecond: null,
      networkSendBytesPerSecond: null,
    }
  }

  const take = async (live: Live): Promise<Sample> => {
    const [stat, disks] = await Promise.all([
      context.host.platform === 'linux'
        ? readFile(`/proc/${live.identity.pid}/stat`, 'utf8').catch(() => '')
        : Promise.resolve(''),
      live.qmp?.execute('query-blockstats', undefined, { timeoutMs: answerMs }).catch(() => null),
    ])
    const bytes = blockStatsSchema.safeParse(disks).data
    const sum = (pick: (of: { rd_bytes: number; wr_bytes: number }) => number): number | null =>
      bytes === undefined ? null : bytes.reduce((all, { stats }) => all + pick(stats), 0)
    return {
      live,
      atMs: performance.now(),
      cpuTicks: stat === '' ? null : (parseProcStat(stat)?.cpuTicks ?? null),
      readBytes: sum(({ rd_bytes }) => rd_bytes),
      writtenBytes: sum(({ wr_bytes }) => wr_bytes),
    }
  }

  return {
    async read(ids, op) {
      throwIfCancelled(op)
      const watched = new Map(context.registry.loaded().map((entry) => [context.registry.machine(entry).id, entry]))
      const found = ids.flatMap((id) => {
        const entry = watched.get(id)
        const live = entry?.live
        return entry === undefined || live === null || live === undefined ? [] : [read(id, entry, live)]
      })
      for (const id of samples.keys()) if (!ids.includes(id)) samples.delete(id)
      return Promise.all(found)
    },
  }
}
