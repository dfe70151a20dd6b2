import { MessageWriter, type Qid } from '../../main/providers/builtin/shared-folder/codec.ts'
import { errno } from '../../main/providers/builtin/shared-folder/errno.ts'
import { errorReply, request } from '../../main/providers/builtin/shared-folder/protocol.ts'
import { answer } from '../../main/providers/builtin/shared-folder/server.ts'
import type { Session } from '../../main/providers/builtin/shared-folder/session.ts'

type Kind = keyof typeof request
export type Field =
  | number
  | bigint
  | string
  | Buffer
  | { readonly u8: number }
  | { readonly u16: number }
  | { readonly data: Buffer }

/** A request as Linux's client sends it: numbers are 32 bits, bigints 64, texts have their length before them. */
export function message(kind: Kind, fields: readonly Field[], tag = 1): Uint8Array<ArrayBuffer> {
  const writer = new MessageWriter()
  for (const field of fields) {
    if (typeof field === 'number') writer.u32(field)
    else if (typeof field === 'bigint') writer.u64(field)
    else if (typeof field === 'string' || Buffer.isBuffer(field)) writer.text(Buffer.from(field as string))
    else if ('u8' in field) writer.u8(field.u8)
    else if ('u16' in field) writer.u16(field.u16)
    else writer.bytes(field.data)
  }
  return writer.finish(request[kind], tag)
}

export interface Attributes {
  readonly qid: Qid
  readonly mode: number
  readonly uid: number
  readonly size: number
  readonly links: number
  readonly modified: number
}

/** An error's name, as a guest's program would see it. */
export class GuestError extends Error {
  constructor(readonly code: string) {
    super(code)
  }
}

/** A guest at a session: what Linux's client does for the calls of a program. */
export class Guest {
  #nextFid = 1
  readonly #ask: (bytes: Uint8Array) => Uint8Array

  constructor(session: Session, isMounted = false) {
    this.#ask = (bytes) => answer(session, bytes)
    if (isMounted) {
      this.#nextFid = 4000
      return
    }
    this.send('version', [128 * 1024, '9P2000.L'])
    this.send('attach', [0, 0xffffffff, 'root', '', 0])
  }

  /** One whose memory was restored: it goes on with the handles that it had. */
  static resumed(session: Session): Guest {
    return new Guest(session, true)
  }

  send(kind: Kind, fields: readonly Field[]): Buffer {
    const reply = Buffer.from(this.#ask(message(kind, fields, 7)))
    if (reply.readUInt32LE(0) !== reply.length || reply.readUInt16LE(5) !== 7) throw new Error('not an answer')
    const number = reply.readUInt8(4)
    if (number === errorReply) {
      const found = Object.entries(errno).find(([, value]) => value === reply.readUInt32LE(7))
      throw new GuestError(found?.[0] ?? `error ${reply.readUInt32LE(7)}`)
    }
    if (number !== request[kind] + 1) throw new Error(`answered by ${number}`)
    return reply.subarray(7)
  }

  /** A handle of what is at a path of the guest's, taken apart as it is. */
  walk(path: string | readonly Buffer[], from = 0): number {
    const names = typeof path === 'string' ? path.split('/').filter((name) => name !== '') : path
    const fid = this.#nextFid++
    const walked = this.send('walk', [from, fid, { u16: names.length }, ...names])
    if (walked.readUInt16LE(0) !== names.length) throw new GuestError('ENOENT')
    return fid
  }

  with<T>(path: string | readonly Buffer[], job: (fid: number) => T): T {
    const fid = this.walk(path)
    try {
      return job(fid)
    } finally {
      this.send('clunk', [fid])
    }
  }

  open(path: string | readonly Buffer[], flags = 0): number {
    const fid = this.walk(path)
    try {
      this.send('lopen', [fid, flags])
    } catch (error) {
      this.send('clunk', [fid])
      throw error
    }
    return fid
  }

  read(path: string | readonly Buffer[]): Buffer {
    const fid = this.open(path)
    const parts: Buffer[] = []
    let offset = 0n
    for (;;) {
      const part = this.readAt(fid, offset, 65_536)
      if (part.length === 0) break
      parts.push(part)
      offset += BigInt(part.length)
    }
    this.send('clunk', [fid])
    return Buffer.concat(parts)
  }

  readAt(fid: number, offset: bigint, count: number): Buffer {
    const reply = this.send('read', [fid, offset, count])
    return reply.subarray(4, 4 + reply.readUInt32LE(0))
  }

  writeAt(fid: number, offset: bigint, data: Buffer): number {
    return this.send('write', [fid, offset, data.length, { data }]).readUInt32LE(0)
  }

  /** Makes a file, or opens it to write over what is in it. */
  create(folder: string, name: string | Buffer, flags = 0o1101, mode = 0o644): number {
    const fid = this.walk(folder)
    try {
      this.send('lcreate', [fid, name, flags, mode, 0])
    } catch (error) {
      this.send('clunk', [fid])
      throw error
    }
    return fid
  }

  write(folder: string, name: string | Buffer, content: Buffer | string): void {
    const fid = this.create(folder, name)
    const bytes = Buffer.from(content as string)
    for (let at = 0; at < bytes.length; at += 65_536) this.writeAt(fid, BigInt(at), bytes.subarray(at, at + 65_536))
    this.send('clunk', [fid])
  }

  list(path: string, count = 8192): Buffer[] {
    const fid = this.open(path, 0o200000)
    const names: Buffer[] = []
    let offset = 0n
    for (;;) {
      const reply = this.send('readdir', [fid, offset, count])
      const end = 4 + reply.readUInt32LE(0)
      if (end === 4) break
      for (let at = 4; at < end; ) {
        offset = reply.readBigUInt64LE(at + 13)
        const length = reply.readUInt16LE(at + 22)
        names.push(Buffer.from(reply.subarray(at + 24, at + 24 + length)))
        at += 24 + length
      }
    }
    this.send('clunk', [fid])
    return names
  }

  attributes(fid: number): Attributes {
    const reply = this.send('getattr', [fid, 0x7ffn])
    return {
      qid: { kind: reply.readUInt8(8), version: reply.readUInt32LE(9), path: reply.readBigUInt64LE(13) },
      mode: reply.readUInt32LE(21),
      uid: reply.readUInt32LE(25),
      links: Number(reply.readBigUInt64LE(33)),
      size: Number(reply.readBigUInt64LE(49)),
      modified: Number(reply.readBigUInt64LE(89)),
    }
  }

  stat(path: string | readonly Buffer[]): Attributes {
    return this.with(path, (fid) => this.attributes(fid))
  }

  readlink(path: string): Buffer {
    return this.with(path, (fid) => {
      const reply = this.send('readlink', [fid])
      return Buffer.from(reply.subarray(2, 2 + reply.readUInt16LE(0)))
    })
  }

  inFolder(kind: Kind, folder: string | readonly Buffer[], ...rest: readonly Field[]): Buffer {
    return this.with(folder, (fid) => this.send(kind, [fid, ...rest]))
  }

  mkdir(folder: string, name: string | Buffer): void {
    this.inFolder('mkdir', folder, name, 0o755, 0)
  }

  symlink(folder: string, name: string, target: string): void {
    this.inFolder('symlink', folder, name, target, 0)
  }

  rename(from: string, name: string | Buffer, to: string, newName: string | Buffer): void {
    this.with(from, (old) => this.with(to, (fid) => this.send('renameat', [old, name, fid, newName])))
  }

  unlink(folder: string, name: string | Buffer, isDirectory = false): void {
    this.inFolder('unlinkat', folder, name, isDirectory ? 0x200 : 0)
  }

  setattr(
    path: string,
    valid: number,
    { mode = 0, uid = 0, gid = 0, size = 0n, atime = 0n, mtime = 0n }: Partial<Record<string, number | bigint>> = {},
  ): void {
    const big = (value: number | bigint): bigint => BigInt(value)
    const fields = [valid, Number(mode), Number(uid), Number(gid), big(size), big(atime), 0n, big(mtime), 0n]
    this.inFolder('setattr', path, ...fields)
  }
}
