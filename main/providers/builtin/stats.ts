import type { MachineId } from '../../../app/domain/ids.ts'
import type { Stats } from '../../../app/domain/stats.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { StatsOps } from '../provider.ts'
import type { Figures } from './emulator/messages.ts'
import type { Live } from './live.ts'
import type { Entry } from './machine-registry.ts'
import type { ProviderContext } from './provider-context.ts'

interface Sample {
  readonly live: Live
  readonly atMs: number
  readonly figures: Figures
}

/** Figures that the machine's own thread keeps. Asked only while somebody looks. */
export function createStats(context: ProviderContext): StatsOps {
  const samples = new Map<MachineId, Sample>()

  const read = async (id: MachineId, entry: Entry, live: Live): Promise<readonly Stats[]> => {
    const before = samples.get(id)
    const share = live.thread.busyShare()
    // One that ends while it is asked has no figures.
    const figures = await live.thread.ask({ kind: 'figures' }).catch(() => null)
    if (figures === null) return []
    const sample: Sample = { live, atMs: performance.now(), figures }
    samples.set(id, sample)
    const rate = (pick: (of: Figures) => number): number | null =>
      before === undefined || before.live !== live || sample.atMs <= before.atMs
        ? null
        : ((pick(figures) - pick(before.figures)) * 1000) / (sample.atMs - before.atMs)
    return [
      {
        id,
        cpuPercent: share * 100,
        memoryBytes: figures.memoryBytes,
        memoryLimitBytes: entry.definition?.memoryBytes ?? null,
        diskReadBytesPerSecond: rate(({ readBytes }) => readBytes),
        diskWriteBytesPerSecond: rate(({ writtenBytes }) => writtenBytes),
        networkReceiveBytesPerSecond:
          figures.network === null ? null : rate(({ network }) => network?.receivedBytes ?? 0),
        networkSendBytesPerSecond: figures.network === null ? null : rate(({ network }) => network?.sentBytes ?? 0),
      },
    ]
  }

  return {
    async read(ids, op) {
      throwIfCancelled(op)
      for (const id of samples.keys()) if (!ids.includes(id)) samples.delete(id)
      const loaded = new Map(context.registry.loaded().map((entry) => [context.registry.machine(entry).id, entry]))
      const found = await Promise.all(
        ids.map((id) => {
          const entry = loaded.get(id)
          return entry?.live == null ? [] : read(id, entry, entry.live)
        }),
      )
      return found.flat()
    },
  }
}
