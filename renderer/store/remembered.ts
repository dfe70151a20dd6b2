/** What this window remembers of itself between runs: sizes, folded groups, last tabs. Losing it costs nothing. */
export function remembered<T>(key: string, fallback: T): T {
  try {
    const text = globalThis.localStorage?.getItem(`berth.${key}`)
    return text === null || text === undefined ? fallback : (JSON.parse(text) as T)
  } catch {
    return fallback
  }
}

export function remember(key: string, value: unknown): void {
  try {
    globalThis.localStorage?.setItem(`berth.${key}`, JSON.stringify(value))
  } catch {
    // Storage may be full or forbidden: the window then starts as new the next time.
  }
}
