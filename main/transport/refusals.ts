import type { Log } from '../log.ts'

const summaryMs = 60_000
const maxPathLength = 100

export interface RefusalCounter {
  readonly count: (status: number, why: string, path: string) => void
  readonly stop: () => void
}

/**
 * Logs the first refusal of each status and counts the following ones: a stranger who asks without end must not push out of
 * the log what matters.
 */
export function createRefusalCounter(log: Log): RefusalCounter {
  const counts = new Map<number, number>()
  let timer: NodeJS.Timeout | null = null

  function summarize(): void {
    timer = null
    const repeated = [...counts].filter(([, count]) => count > 0)
    counts.clear()
    for (const [status, count] of repeated) log.warn('web.refused', { status, why: 'repeated', count })
  }

  return {
    count(status, why, path) {
      const before = counts.get(status)
      counts.set(status, before === undefined ? 0 : before + 1)
      if (before === undefined) log.warn('web.refused', { status, why: cut(why), path: cut(path) })
      timer ??= setTimeout(summarize, summaryMs).unref()
    },
    stop() {
      if (timer !== null) clearTimeout(timer)
      summarize()
    },
  }
}

function cut(text: string): string {
  return text.length > maxPathLength ? `${text.slice(0, maxPathLength)}…` : text
}
