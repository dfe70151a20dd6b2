import type { MachineId } from '../../../app/domain/ids.ts'
import type { Stats } from '../../../app/domain/stats.ts'
import { parseBytes } from '../../../app/domain/units.ts'
import type { Op, StatsOps } from '../provider.ts'
import { readUsage, type Usage } from './cgroup.ts'
import * as commands from './commands.ts'
import { attempt } from './engine.ts'
import { readRows, textOf } from './json.ts'
import type { ProviderContext } from './provider-context.ts'

/** An earlier reading older than this says nothing about now. */
const staleMs = 60_000

interface Sample extends Usage {
  readonly at: number
}

/**
 * Figures of those machines that are looked at. On this computer they are read from the kernel's own files, without a process;
 * elsewhere one `docker stats` answers for all machines of an endpoint.
 */
export function createStats(context: ProviderContext): StatsOps {
  const before = new Map<MachineId, Sample>()

  const readLocal = (id: MachineId, pid: number, containerId: string): Stats | null => {
    const usage = readUsage(pid, containerId)
    if (usage === null) return null
    const sample: Sample = { ...usage, at: performance.now() }
    const last = before.get(id)
    before.set(id, sample)
    return statsBetween(id, last !== undefined && sample.at - last.at < staleMs ? last : null, sample)
  }

  return {
    async read(ids, op) {
      for (const id of before.keys()) if (!ids.includes(id)) before.delete(id)
      const asked = new Map<string, { readonly machineId: MachineId; readonly containerId: string }[]>()
      const found: Stats[] = []
      for (const id of ids) {
        const follower = context.endpoints.ready().find(({ engine }) => id.startsWith(`${engine.endpointId}/`))
        if (follower === undefined) continue
        const containerId = follower.model.containerIdOf(id)
        const container = follower.model.get(containerId)
        if (container === undefined || container.word !== 'running') continue
        const isHere = follower.engine.isLocal && context.host.platform === 'linux' && container.pid > 0
        const local = isHere ? readLocal(id, container.pid, containerId) : null
        if (local !== null) {
          found.push(local)
          continue
        }
        const list = asked.get(follower.engine.endpointId) ?? []
        list.push({ machineId: id, containerId })
        asked.set(follower.engine.endpointId, list)
      }
      const others = await Promise.all([...asked].map(([endpointId, machines]) => askEngine(endpointId, machines, op)))
      return [...found, ...others.flat()]
    },
  }

  async function askEngine(
    endpointId: string,
    machines: readonly { readonly machineId: MachineId; readonly containerId: string }[],
    op: Op,
  ): Promise<readonly Stats[]> {
    const follower = context.endpoints.ready().find(({ engine }) => engine.endpointId === endpointId)
    if (follower === undefined) return []
    // One that ended meanwhile makes the exit code 1; the others' lines are there.
    const ids = machines.map(({ containerId }) => containerId)
    const result = await attempt(context.host, follower.engine, commands.stats(follower.engine.flavour, ids), op)
    const byContainer = new Map(machines.map(({ containerId, machineId }) => [containerId, machineId]))
    return parseStats(result.stdout, byContainer)
  }
}

function statsBetween(id: MachineId, last: Sample | null, now: Sample): Stats {
  const seconds = last === null ? 0 : (now.at - last.at) / 1000
  const rate = (name: 'cpuSeconds' | 'readBytes' | 'writeBytes' | 'receiveBytes' | 'sendBytes'): number | null => {
    const from = last?.[name] ?? null
    const to = now[name]
    return from === null || to === null || seconds <= 0 ? null : Math.max(0, (to - from) / seconds)
  }
  const cpu = rate('cpuSeconds')
  return {
    id,
    cpuPercent: cpu === null ? null : cpu * 100,
    memoryBytes: now.memoryBytes,
    memoryLimitBytes: now.memoryLimitBytes,
    diskReadBytesPerSecond: rate('readBytes'),
    diskWriteBytesPerSecond: rate('writeBytes'),
    networkReceiveBytesPerSecond: rate('receiveBytes'),
    networkSendBytesPerSecond: rate('sendBytes'),
  }
}

/**
 * Reads `stats --no-stream`: percentages and sizes as words. Totals since the start are no rates, so they are left out. Source:
 * docker cli/command/container/formatter_stats.go; podman 4.3 writes `mem_usage` for `MemUsage`.
 */
export function parseStats(text: string, machines: ReadonlyMap<string, MachineId>): readonly Stats[] {
  return readRows(text).rows.flatMap((row): Stats[] => {
    const containerId = textOf(row['ID']) || textOf(row['id'])
    const id =
      machines.get(containerId) ??
      [...machines].find(([known]) => containerId !== '' && known.startsWith(containerId))?.[1]
    if (id === undefined) return []
    const [used = '', limit = ''] = (textOf(row['MemUsage']) || textOf(row['mem_usage'])).split(' / ')
    const cpu = Number.parseFloat(textOf(row['CPUPerc']) || textOf(row['cpu_percent']))
    return [
      {
        id,
        cpuPercent: Number.isFinite(cpu) ? cpu : null,
        memoryBytes: parseBytes(used),
        memoryLimitBytes: parseBytes(limit),
        diskReadBytesPerSecond: null,
        diskWriteBytesPerSecond: null,
        networkReceiveBytesPerSecond: null,
        networkSendBytesPerSecond: null,
      },
    ]
  })
}
