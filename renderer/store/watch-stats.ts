import type { Client, ClientStream } from '../../app/contract/client.ts'
import type { MachineId } from '../../app/domain/ids.ts'
import { onlyStats, takeStats } from './stats.ts'
import { store } from './store.ts'

const settleMs = 200

interface Interest {
  readonly ids: readonly MachineId[]
  readonly isClose: boolean
}

const interests = new Map<string, Interest>()
let stream: ClientStream<{ ids: MachineId[]; closeIds: MachineId[] }> | null = null
let sent = ''
let timer: ReturnType<typeof setTimeout> | null = null

/**
 * Says whose figures a part of the window shows now; an empty list ends its interest. Scrolling is joined. `isClose`: a person
 * has the machine open and follows its figures; they come more often.
 */
export function setStatsInterest(owner: string, ids: readonly MachineId[], isClose = false): void {
  if (ids.length === 0) interests.delete(owner)
  else interests.set(owner, { ids, isClose })
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
  const shown = document.hidden ? [] : [...interests.values()]
  const ids = new Set(shown.flatMap((interest) => interest.ids))
  const closeIds = new Set(shown.filter(({ isClose }) => isClose).flatMap((interest) => interest.ids))
  const text = [[...ids].sort().join('\n'), [...closeIds].sort().join('\n')].join('\n\n')
  if (stream === null || text === sent) return
  sent = text
  stream.up({ ids: [...ids], closeIds: [...closeIds] })
  if (!document.hidden) store.setState((state) => ({ stats: onlyStats(state.stats, ids) }))
}
