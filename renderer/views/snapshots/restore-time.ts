import type { ActivityEntry } from '../../../app/contract/views.ts'

/** So many of the last restores count: what was long ago was another machine. */
const counted = 5

/** How long a machine's last restores took, the one in the middle, in milliseconds; null when it had none. */
export function typicalRestoreMs(entries: readonly ActivityEntry[]): number | null {
  const lengths = entries
    .filter(({ verb, state }) => verb === 'restore' && state === 'succeeded')
    .slice(0, counted)
    .flatMap(({ startedAt, endedAt }) => (endedAt === null ? [] : [Date.parse(endedAt) - Date.parse(startedAt)]))
    .sort((one, other) => one - other)
  return lengths[Math.floor(lengths.length / 2)] ?? null
}
