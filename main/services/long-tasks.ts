import type { Task } from '../../app/domain/task.ts'

/** Shorter tasks end while somebody is still looking, or are not worth being called back for. */
const longMs = 30_000

/** Whether a person who went away wants to hear of it: it ended by itself, well or badly, after a long time. */
export function isWorthTelling({ state, startedAt, endedAt }: Task): boolean {
  if (startedAt === null || endedAt === null || (state !== 'succeeded' && state !== 'failed')) return false
  return Date.parse(endedAt) - Date.parse(startedAt) >= longMs
}
