import { randomBytes } from 'node:crypto'

/** A guest's line is a word; what never ends is none. */
const maxBytes = 256
const lineEnd = 0x0a

/**
 * Berth's end of the second serial port. The guest's is `etc/berth/listen` among the files of its image,
 * which names the words. The guest says `hello` when it has begun to listen; what is told to it before that would be lost.
 */
export interface GuestLine {
  /** A byte that the guest said. */
  put(byte: number): void
  /** The machine goes on after it stood still, or from a memory. */
  awake(): void
  /**
   * There is a shared folder from now on, or there is none any more. The guest is told of the first only: it finds nothing where
   * it has the folder mounted, and all of it there again, also where a program stayed in it.
   */
  folder(isThere: boolean): void
  /** There is a network behind the card from now on, or there is none any more. */
  network(isThere: boolean): void
  /** Settles when the guest has said this word. */
  heard(word: string): Promise<void>
}

/** `language` null: the guest is to wait, for a memory that goes on elsewhere. `remembers`: what is so in its memory. */
export function createGuestLine(
  language: string | null,
  send: (bytes: Uint8Array) => void,
  remembers: { readonly network: boolean } = { network: false },
): GuestLine {
  let line = ''
  let hasFolder = false
  /** A guest that has it mounted need not be told again. */
  let isFolderTold = false
  let isListening = false
  let hasNetwork = false
  let isNetworkTold = remembers.network
  const waiting = new Map<string, () => void>()
  const say = (words: string): void => send(Buffer.from(`${words}\n`))
  // Every copy of a memory would otherwise draw the same random numbers.
  const seed = (): string => randomBytes(32).toString('hex')
  const begin = (): void => say(language === null ? 'wait' : `begin ${language} ${seed()}`)
  const tellFolder = (): void => {
    if (!isListening || language === null || !hasFolder || isFolderTold) return
    isFolderTold = true
    say('folder on')
  }
  const tellNetwork = (): void => {
    if (!isListening || language === null || hasNetwork === isNetworkTold) return
    isNetworkTold = hasNetwork
    say(`network ${hasNetwork ? 'on' : 'off'}`)
  }
  const hear = (word: string): void => {
    if (word === 'hello') {
      isListening = true
      // It has just begun, with nothing mounted. At its first prompt the folder is there.
      isFolderTold = false
      tellFolder()
      begin()
      isNetworkTold = false
      tellNetwork()
    }
    waiting.get(word)?.()
    waiting.delete(word)
  }
  return {
    put(byte) {
      if (byte === lineEnd) {
        hear(line.trim())
        line = ''
      } else if (line.length < maxBytes) line += String.fromCharCode(byte)
    },
    awake() {
      isListening = true
      tellFolder()
      // One whose memory was kept before it had begun is still waiting for that word; to others it is none.
      begin()
      say(`awake ${seed()}`)
      tellNetwork()
    },
    folder(isThere) {
      hasFolder = isThere
      tellFolder()
    },
    network(isThere) {
      hasNetwork = isThere
      tellNetwork()
    },
    heard: (word) => new Promise((resolve) => waiting.set(word, resolve)),
  }
}
