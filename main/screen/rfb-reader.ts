import type { Socket } from 'node:net'

/** Bytes of a socket in the pieces that a protocol has. Rejects when the socket is over before there are so many. */
export interface Reader {
  take(count: number): Promise<Buffer>
  skip(count: number): Promise<void>
  /** Nothing more is read: what still comes is let through, so that the line's end is heard. */
  close(): void
}

/** What is not read waits in the socket, not here. */
const maxWaiting = 4 * 1024 * 1024

export function createReader(socket: Socket): Reader {
  let pieces: Buffer[] = []
  let waiting = 0
  let isOver = false
  let wake = (): void => {}

  let isClosed = false

  socket.on('data', (data) => {
    if (isClosed) return
    pieces.push(data)
    waiting += data.length
    if (waiting > maxWaiting) socket.pause()
    wake()
  })
  socket.on('close', () => {
    isOver = true
    wake()
  })

  const cut = (count: number): Buffer => {
    const all = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces)
    const rest = all.subarray(count)
    pieces = rest.length === 0 ? [] : [rest]
    waiting = rest.length
    return all.subarray(0, count)
  }
  const take = async (count: number): Promise<Buffer> => {
    while (waiting < count) {
      if (isOver) throw new Error('the line ended')
      socket.resume()
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    return cut(count)
  }
  return {
    take,
    close() {
      isClosed = true
      isOver = true
      pieces = []
      waiting = 0
      wake()
      socket.resume()
    },
    async skip(count) {
      for (let left = count; left > 0; ) left -= (await take(Math.min(left, 65_536))).length
    },
  }
}
