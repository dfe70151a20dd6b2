import type { Client, ClientStream } from '../../app/contract/client.ts'
import type { MachineId } from '../../app/domain/ids.ts'
import { onlyStats, takeStats } from './stats.ts'
import { store } from './store.ts'

const settleMs = 200

const interests = new Map<string, readonly MachineId[]>()
let stream: ClientStream<{ ids: MachineId[] }> | null = null
let sent = ''
let timer: ReturnType<typeof setTimeout> | null = null

/** Says whose figures a part of the window shows now; an empty list ends its interest. Scrolling is joined. */
export function setStatsInterest(owner: string, ids: readonly MachineId[]): void {
  if (ids.length === 0) interests.delete(owner)
  else interests.set(owner, ids)
  request()
}

/** Opens the line for figures; called for every new connection. Figures wait while the window is hidden. */
export function joinStats(client: Client): void {
  sent = ''
  stream = client.open('stats.watch', undefined, {
    down: (figures) => store.setState((state) => ({ stats: takeStats(state.stats, figures) })),
    closed: () => {
      stream = null
    },
  })
  request()
}

document.addEventListener('visibilitychange', request)

function request(): void {
  if (timer === null) timer = setTimeout(send, settleMs)
}

function send(): void {
  timer = null
  const ids = document.hidden ? new Set<MachineId>() : new Set([...interests.values()].flat())
  const text = [...ids].sort().join('\n')
  if (stream === null || text === sent) return
  sent = text
  stream.up({ ids: [...ids] })
  if (!document.hidden) store.setState((state) => ({ stats: onlyStats(state.stats, ids) }))
}
