import {
  type BigIntStats,
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  writeSync,
} from 'node:fs'
import { readWhole } from '../../../state/whole-io.ts'
import { Refusal } from './errno.ts'
import type { Opened } from './fids.ts'
import { openFlag } from './protocol.ts'
import type { Node } from './tree.ts'

/** A regular file that the guest has opened. */
export class OpenedFile implements Opened {
  readonly #descriptor: number | null
  /** As the guest opened it. */
  readonly flags: number
  readonly identity: { readonly dev: bigint; readonly ino: bigint }

  /** Without a descriptor it is one that was open in a kept state and is not there any more. */
  constructor(descriptor: number | null, flags: number, identity: { readonly dev: bigint; readonly ino: bigint }) {
    this.#descriptor = descriptor
    this.flags = flags
    this.identity = { dev: identity.dev, ino: identity.ino }
  }

  static open(node: Node, flags: number): OpenedFile {
    if (node.stats.isDirectory()) throw new Refusal('EISDIR')
    if (node.stats.isSymbolicLink()) throw new Refusal('ELOOP')
    // Pipes, devices and sockets are the host's: opening one can wait for ever, or do something.
    if (!node.stats.isFile()) throw new Refusal('ENXIO')
    const opened = new OpenedFile(node.open(hostFlags(flags)), flags, node.stats)
    // Not while opening: it is known only now that it is the file that was meant.
    if ((flags & openFlag.truncate) !== 0) opened.#orClose(() => opened.truncate(0))
    return opened
  }

  /** The same without a file behind it. */
  gone(): OpenedFile {
    return new OpenedFile(null, this.flags, this.identity)
  }

  get isWritable(): boolean {
    return (this.flags & openFlag.access) !== 0
  }

  stats(): BigIntStats {
    return fstatSync(this.#there(), { bigint: true })
  }

  /** Reads into `room` until that is full or the file ends. */
  read(room: Buffer, offset: number): number {
    return readWhole(this.#there(), room, offset)
  }

  /** Writes all, or as much as there was room for. */
  write(bytes: Buffer, offset: number): number {
    const descriptor = this.#there()
    let count = 0
    try {
      while (count < bytes.length) count += writeSync(descriptor, bytes, count, bytes.length - count, offset + count)
    } catch (error) {
      if (count === 0) throw error
    }
    return count
  }

  truncate(size: number): void {
    ftruncateSync(this.#there(), size)
  }

  sync(dataOnly: boolean): void {
    if (dataOnly) fdatasyncSync(this.#there())
    else fsyncSync(this.#there())
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor)
  }

  #there(): number {
    if (this.#descriptor === null) throw new Refusal('ESTALE')
    return this.#descriptor
  }

  #orClose(job: () => void): void {
    try {
      job()
    } catch (error) {
      this.close()
      throw error
    }
  }
}

/** Of the guest's flags those that mean something for a file that is there. */
export function hostFlags(flags: number): number {
  const access = flags & openFlag.access
  const own = access === openFlag.writeOnly ? constants.O_WRONLY : access === 0 ? constants.O_RDONLY : constants.O_RDWR
  return own | ((flags & openFlag.append) !== 0 ? constants.O_APPEND : 0)
}

export function wantsToWrite(flags: number): boolean {
  return (flags & openFlag.access) !== 0 || (flags & openFlag.truncate) !== 0
}
