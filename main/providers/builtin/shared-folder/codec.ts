import { Refusal } from './errno.ts'
import { dataHeaderBytes, headerBytes } from './protocol.ts'

/** Takes a message apart, and refuses one that ends too soon. */
export class MessageReader {
  #at = headerBytes
  readonly #bytes: Buffer

  /** `bytes` is one message with its header. */
  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  u8(): number {
    return this.#bytes.readUInt8(this.#next(1))
  }

  u16(): number {
    return this.#bytes.readUInt16LE(this.#next(2))
  }

  u32(): number {
    return this.#bytes.readUInt32LE(this.#next(4))
  }

  u64(): bigint {
    return this.#bytes.readBigUInt64LE(this.#next(8))
  }

  /** A place or a size in a file. */
  size(): number {
    const value = this.u64()
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Refusal('EFBIG')
    return Number(value)
  }

  /** A text of any bytes, of its own: it outlives the message. */
  text(): Buffer {
    return Buffer.from(this.data(this.u16()))
  }

  /** So many bytes of the message itself. */
  data(count: number): Buffer {
    const start = this.#next(count)
    return this.#bytes.subarray(start, start + count)
  }

  #next(count: number): number {
    const at = this.#at
    if (count > this.#bytes.length - at) throw new Refusal('EPROTO')
    this.#at += count
    return at
  }
}

/** A file's identity, as the protocol carries it. */
export interface Qid {
  readonly kind: number
  readonly version: number
  readonly path: bigint
}

/** Puts a message together in memory of its own, which can be handed to another thread. */
export class MessageWriter {
  #bytes: Buffer
  #length = headerBytes

  constructor(capacity = 256) {
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(capacity, headerBytes))
  }

  /** How long the message is so far. */
  get length(): number {
    return this.#length
  }

  u8(value: number): this {
    const at = this.#room(1)
    this.#bytes.writeUInt8(value, at)
    return this
  }

  u16(value: number): this {
    const at = this.#room(2)
    this.#bytes.writeUInt16LE(value, at)
    return this
  }

  u32(value: number): this {
    const at = this.#room(4)
    this.#bytes.writeUInt32LE(value >>> 0, at)
    return this
  }

  u64(value: bigint): this {
    const at = this.#room(8)
    this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, value), at)
    return this
  }

  bytes(value: Uint8Array): this {
    const at = this.#room(value.length)
    this.#bytes.set(value, at)
    return this
  }

  text(value: Uint8Array): this {
    return this.u16(value.length).bytes(value)
  }

  qid({ kind, version, path }: Qid): this {
    return this.u8(kind).u32(version).u64(path)
  }

  /** A count and so many bytes, which `fill` puts there; it answers how many there were. */
  counted(most: number, fill: (room: Buffer) => number): void {
    this.u32(0)
    const at = this.#room(most)
    this.#length = at + fill(this.#bytes.subarray(at, at + most))
    this.setCount()
  }

  /** Writes how many bytes follow the count that the message begins with. */
  setCount(): void {
    this.#bytes.writeUInt32LE(this.#length - dataHeaderBytes, headerBytes)
  }

  finish(kind: number, tag: number): Uint8Array<ArrayBuffer> {
    this.#bytes.writeUInt32LE(this.#length, 0)
    this.#bytes.writeUInt8(kind, 4)
    this.#bytes.writeUInt16LE(tag, 5)
    return new Uint8Array(this.#bytes.buffer as ArrayBuffer, this.#bytes.byteOffset, this.#length)
  }

  #room(count: number): number {
    const at = this.#length
    this.#length += count
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#length, 2 * this.#bytes.length))
      larger.set(this.#bytes.subarray(0, at))
      this.#bytes = larger
    }
    return at
  }
}

/** How long an entry of a directory is in an answer to `readdir`. */
export function entryBytes(name: Uint8Array): number {
  return 13 + 8 + 1 + 2 + name.length
}
