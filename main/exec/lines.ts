import { StringDecoder } from 'node:string_decoder'

/** Characters of one line before the rest of it is dropped. */
const defaultMaxLength = 1_000_000

/** Takes bytes as they come and gives whole lines. */
export interface Lines {
  push(chunk: Uint8Array): void
  /** Gives what is left when it did not end with a line end. */
  end(): void
}

/**
 * Cuts UTF-8 into lines. `\n`, `\r\n` and `\r` alone each end one, because progress is drawn with `\r`. Characters that
 * arrive in two chunks stay whole. Of a line that is too long the beginning is given and the rest is dropped.
 */
export function createLines(onLine: (line: string) => void, maxLength: number = defaultMaxLength): Lines {
  const decoder = new StringDecoder('utf8')
  let pending = ''
  // A `\r` at the end of a chunk has ended its line already: a `\n` that follows belongs to it.
  let afterReturn = false

  const keep = (text: string): void => {
    if (pending.length < maxLength) pending += text.slice(0, maxLength - pending.length)
  }

  const take = (text: string): void => {
    if (text === '') return
    let from = afterReturn && text.startsWith('\n') ? 1 : 0
    afterReturn = text.endsWith('\r')
    const ends = /\r\n|\r|\n/g
    ends.lastIndex = from
    for (let match = ends.exec(text); match !== null; match = ends.exec(text)) {
      keep(text.slice(from, match.index))
      from = match.index + match[0].length
      const line = pending
      pending = ''
      onLine(line)
    }
    keep(text.slice(from))
  }

  return {
    push: (chunk) => take(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
    end() {
      take(decoder.end())
      if (pending !== '') onLine(pending)
      pending = ''
    },
  }
}
