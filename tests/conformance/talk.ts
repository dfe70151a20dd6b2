import { openSource } from '../../main/console/open.ts'
import type { ConsoleTarget } from '../../main/console/target.ts'

/** One side of a console, for a test that types and waits for an answer. */
export interface Talk {
  readonly type: (text: string) => void
  /** Everything said since the last answer, once it matches; fails after `timeoutMs`. */
  readonly until: (pattern: RegExp, timeoutMs?: number) => Promise<string>
  readonly end: () => void
}

/** Opens a console as Berth's own sessions do. */
export async function talkTo(target: ConsoleTarget): Promise<Talk> {
  const size = { columns: 80, rows: 24 }
  let said = ''
  let look = (): void => {}
  const source = await openSource(target, size, null, {
    data(bytes) {
      said += Buffer.from(bytes).toString()
      look()
    },
    ended: () => {},
  })
  return {
    type: source.write,
    until: (pattern, timeoutMs = 30_000) =>
      new Promise((found, failed) => {
        const timer = setTimeout(() => {
          failed(new Error(`waited for ${pattern}, heard ${JSON.stringify(said.slice(-400))}`))
        }, timeoutMs)
        look = () => {
          if (!pattern.test(said)) return
          clearTimeout(timer)
          const whole = said
          said = ''
          found(whole)
        }
        look()
      }),
    end: source.close,
  }
}
