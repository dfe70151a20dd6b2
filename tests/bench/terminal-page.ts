import type { Page } from 'playwright-core'

/** Of xterm's terminal, what is used here. */
interface Terminal {
  write(data: Uint8Array | string, written?: () => void): void
  input(text: string): void
}

/** What this file leaves in the page for the functions below. */
interface Bench {
  readonly terminal: Terminal
  /** Bytes whose write has been called back. */
  written: number
  readonly waiting: { readonly until: number; readonly resolve: (at: number) => void }[]
  /** Called with each piece once it is on the terminal's own screen. */
  shown: (data: Uint8Array) => void
}

declare global {
  interface Window {
    benches?: Record<string, Bench>
  }
}

/**
 * Finds the terminal of a session in the finished page, through what React keeps beside its elements, and counts what is
 * written to it. The program itself has no door for this.
 */
export async function watchTerminal(page: Page, sessionId: string): Promise<void> {
  await page.evaluate((id) => {
    const isTerminal = (value: unknown): value is Terminal =>
      typeof value === 'object' && value !== null && 'write' in value && 'input' in value && 'buffer' in value
    // At which depth: what was met too deep to go on is searched when it is met nearer.
    const seen = new Map<unknown, number>()
    const search = (value: unknown, depth: number): Terminal | null => {
      if (typeof value !== 'object' || value === null || depth > 8) return null
      if ((seen.get(value) ?? 9) <= depth) return null
      if (value instanceof Node || value === window) return null
      if (isTerminal(value)) return value
      seen.set(value, depth)
      for (const part of Array.isArray(value) ? value : Object.values(value)) {
        const found = search(part, depth + 1)
        if (found !== null) return found
      }
      return null
    }
    const element = document.querySelector(`[data-session="${id}"] .terminal-host`)
    const key = Object.keys(element ?? {}).find((name) => name.startsWith('__reactFiber$'))
    let fiber = (element as unknown as Record<string, { memoizedState: unknown; return: unknown }>)?.[key ?? '']
    let terminal: Terminal | null = null
    while (terminal === null && fiber) {
      // A component's hooks hang one on the other: each is searched by itself.
      let hook = fiber.memoizedState as { memoizedState?: unknown; next?: unknown } | null
      while (terminal === null && typeof hook === 'object' && hook !== null) {
        terminal = search(hook.memoizedState, 0)
        hook = (hook.next ?? null) as typeof hook
      }
      fiber = fiber.return as typeof fiber
    }
    if (terminal === null) throw new Error('no terminal in the page')
    const bench: Bench = { terminal, written: 0, waiting: [], shown: () => {} }
    const write = terminal.write.bind(terminal)
    terminal.write = (data, written) => {
      write(data, () => {
        written?.()
        const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data
        bench.written += bytes.length
        bench.shown(bytes)
        while (bench.waiting[0] !== undefined && bench.waiting[0].until <= bench.written) {
          bench.waiting.shift()?.resolve(performance.now())
        }
      })
    }
    window.benches = { ...window.benches, [id]: bench }
  }, sessionId)
}

/** Types a line and says how long it takes until this many bytes have come and been written. */
export function timeOutput(page: Page, sessionId: string, line: string, bytes: number): Promise<number> {
  return page.evaluate(
    ([id, text, count]) => {
      const bench = window.benches?.[id]
      if (bench === undefined) throw new Error('not watched')
      const start = performance.now()
      return new Promise<number>((resolve) => {
        bench.waiting.push({ until: bench.written + count, resolve: (at) => resolve(at - start) })
        bench.terminal.input(text)
      })
    },
    [sessionId, `${line}\r`, bytes] as const,
  )
}

/** Writes the same line again and again, until it is this many bytes, straight to the terminal; how long that takes. */
export function timeStraight(page: Page, sessionId: string, line: string, bytes: number): Promise<number> {
  return page.evaluate(
    async ([id, text, count]) => {
      const bench = window.benches?.[id]
      if (bench === undefined) throw new Error('not watched')
      const chunk = new TextEncoder().encode(text.repeat(Math.ceil(65_536 / text.length)))
      // xterm throws away what it is given beyond 50 MB: it must be waited for now and then.
      const ahead = 4 * 1024 * 1024
      const start = performance.now()
      let given = 0
      while (given < count) {
        const from = bench.written
        for (let burst = 0; burst < ahead && given < count; burst += chunk.length, given += chunk.length) {
          bench.terminal.write(chunk)
        }
        const until = from + Math.floor(ahead / 2)
        if (given < count && bench.written < until) {
          await new Promise<number>((resolve) => bench.waiting.push({ until, resolve }))
        }
      }
      await new Promise<void>((resolve) => bench.terminal.write('', () => resolve()))
      return performance.now() - start
    },
    [sessionId, line, bytes] as const,
  )
}

/** Types a letter and waits until it is back, once for each letter; the times. */
export function timeEchoes(page: Page, sessionId: string, letters: string, everyMs: number): Promise<number[]> {
  return page.evaluate(
    async ([id, text, pauseMs]) => {
      const bench = window.benches?.[id]
      if (bench === undefined) throw new Error('not watched')
      const times: number[] = []
      for (const letter of text) {
        const start = performance.now()
        await new Promise<void>((resolve) => {
          bench.shown = (data) => {
            if (new TextDecoder().decode(data).includes(letter)) resolve()
          }
          bench.terminal.input(letter)
        })
        times.push(performance.now() - start)
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
      bench.shown = () => {}
      return times
    },
    [sessionId, letters, everyMs] as const,
  )
}
