import type { OpenSource } from './source.ts'

/** A shell that has said nothing for so long has shown its prompt. */
const quietMs = 200
/** One that says nothing at all, or never stops, gets the text all the same. */
const longestMs = 3_000

/**
 * Opens as `open` does and, the first time, types `text` at the prompt: after it, so that the text does not stand twice. It
 * holds no line end, so nothing of it runs until a person presses Enter.
 */
export function openTyping(open: OpenSource, text: string): OpenSource {
  let isDone = false
  return async (target, size, from, events) => {
    if (isDone) return open(target, size, from, events)
    isDone = true
    let quiet: NodeJS.Timeout | null = null
    const stop = (): void => {
      clearTimeout(longest)
      if (quiet !== null) clearTimeout(quiet)
      quiet = null
    }
    let type = (): void => {}
    const longest = setTimeout(() => type(), longestMs)
    try {
      const source = await open(target, size, from, {
        data(bytes) {
          if (quiet !== null) clearTimeout(quiet)
          quiet = setTimeout(() => type(), quietMs)
          events.data(bytes)
        },
        ended(end) {
          type = stop
          stop()
          events.ended(end)
        },
      })
      type = () => {
        stop()
        type = stop
        source.write(text)
      }
      return {
        ...source,
        close() {
          type = stop
          stop()
          source.close()
        },
      }
    } catch (error) {
      stop()
      throw error
    }
  }
}
