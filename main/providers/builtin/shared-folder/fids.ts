import { Refusal } from './errno.ts'
import { isIn, type Path } from './names.ts'

/** What a guest has opened. */
export interface Opened {
  close(): void
}

function closeQuietly(opened: Opened): void {
  try {
    opened.close()
  } catch {
    // What a full disk says at the end of a file has nobody left to hear it.
  }
}

/** The guest's handle of something in the folder: the place, and the file or list once it is opened. */
export interface Fid<O extends Opened> {
  path: Path
  opened: O | null
}

export interface FidLimits {
  readonly fids: number
  readonly opened: number
}

/** The handles of one session. A guest that wants more than its share is refused. */
export class FidTable<O extends Opened> {
  readonly #fids = new Map<number, Fid<O>>()
  readonly #limits: FidLimits
  #openedCount = 0

  constructor(limits: FidLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#fids.size
  }

  get openedCount(): number {
    return this.#openedCount
  }

  get(number: number): Fid<O> {
    const fid = this.#fids.get(number)
    if (fid === undefined) throw new Refusal('EBADF')
    return fid
  }

  has(number: number, fid: Fid<O>): boolean {
    return this.#fids.get(number) === fid
  }

  /** Fails before anything is done when the number cannot be given to something new. */
  requireFree(number: number): void {
    if (this.#fids.has(number)) throw new Refusal('EBADF')
    if (this.#fids.size >= this.#limits.fids) throw new Refusal('ENFILE')
  }

  add(number: number, path: Path): Fid<O> {
    this.requireFree(number)
    const fid: Fid<O> = { path, opened: null }
    this.#fids.set(number, fid)
    return fid
  }

  /** Opens by `open`, unless too much is open. */
  open(fid: Fid<O>, open: () => O): O {
    if (fid.opened !== null) throw new Refusal('EINVAL')
    if (this.#openedCount >= this.#limits.opened) throw new Refusal('EMFILE')
    const opened = open()
    fid.opened = opened
    this.#openedCount += 1
    return opened
  }

  /** Gives a handle up and closes what it had opened. */
  remove(number: number): void {
    const { opened } = this.get(number)
    this.#fids.delete(number)
    if (opened === null) return
    this.#openedCount -= 1
    opened.close()
  }

  clear(): void {
    this.closeOpened((opened) => opened)
    this.#fids.clear()
    this.#openedCount = 0
  }

  /** Closes all that is open and puts something else in its place. */
  closeOpened(instead: (opened: O) => O): void {
    for (const fid of this.#fids.values()) {
      if (fid.opened === null) continue
      closeQuietly(fid.opened)
      fid.opened = instead(fid.opened)
    }
  }

  /** Handles below what the guest gave another name go on under that name. */
  renamed(from: Path, to: Path): void {
    for (const fid of this.#fids.values()) {
      if (isIn(fid.path, from)) fid.path = [...to, ...fid.path.slice(from.length)]
    }
  }

  *entries(): IterableIterator<[number, Fid<O>]> {
    yield* this.#fids.entries()
  }
}
