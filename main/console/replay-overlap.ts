/**
 * Where in `log` the bytes of a line begin, when the same bytes go to both: `first` are its first ones, `receivedBytes` how
 * many of it had come before the log was read. The log holds at least those, so the line began so far from its end or
 * before; of several such places the last one. null when there is none.
 */
export function findReplayOverlap(log: Buffer, first: Buffer, receivedBytes: number): number | null {
  if (log.length < receivedBytes) return null
  const at = log.lastIndexOf(first, log.length - receivedBytes)
  return at === -1 ? null : at
}
