import { closeSync, constants, openSync } from 'node:fs'

/** How long a terminal whose program is gone must be silent to be read to its end. */
const silenceMs = 20

/** What node-pty has on POSIX beyond its types; the version is pinned, and a terminal without it is left as it is. */
interface PosixTerminal {
  readonly ptsName?: string
  readonly _socket?: {
    destroy: () => unknown
    on(event: 'data', listener: () => void): unknown
  }
}

/**
 * Makes a terminal be read to its last byte. Left alone, up to some kilobytes get lost: when the program ends and nobody
 * holds its side of the terminal open any more, libuv takes the first short read for the end, and node-pty closes what is
 * still unread 200 ms later. So we hold the program's side open, and let node-pty close only once nothing comes any more.
 * Returns what lets go at once.
 */
export function keepLastBytes(terminal: object): () => void {
  const { ptsName, _socket: socket } = terminal as PosixTerminal
  if (ptsName === undefined || socket === undefined) return () => {}
  const side = openSync(ptsName, constants.O_RDWR | constants.O_NOCTTY)
  const destroy = socket.destroy.bind(socket)
  let isHeld = true
  let hasRead = false
  let isEnding = false

  const letGo = (): void => {
    if (!isHeld) return
    isHeld = false
    closeSync(side)
    destroy()
  }
  const look = (): void => {
    hasRead = false
    // A timer may fire late and before anything is read: what counts is a round of reading after it.
    setTimeout(() => setImmediate(() => (hasRead ? look() : letGo())), silenceMs)
  }

  socket.on('data', () => {
    hasRead = true
  })
  socket.destroy = () => {
    if (!isHeld) return destroy()
    if (!isEnding) look()
    isEnding = true
    return socket
  }
  return letGo
}
