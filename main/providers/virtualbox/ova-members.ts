import type { FileHandle } from 'node:fs/promises'

const block = 512
const maxMembers = 10_000
/** Of the records that hold a long name. */
const maxNameBytes = 64 * 1024

/** One entry of a tar archive. */
export interface Member {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'link' | 'other'
  /** Where its bytes begin in the archive. */
  readonly offset: number
  readonly sizeBytes: number
}

/** What an archive holds, in order. Throws an `Error` when it is no tar archive or ends in the middle of an entry. */
export async function membersOf(file: FileHandle): Promise<readonly Member[]> {
  const { size: total } = await file.stat()
  const members: Member[] = []
  let long: { name?: string; sizeBytes?: number } = {}
  for (let at = 0; at + block <= total; ) {
    const header = await read(file, at, block)
    if (header.every((byte) => byte === 0)) break
    if (header.toString('latin1', 257, 262) !== 'ustar') throw new Error(`no tar header at ${at}`)
    const type = header.toString('latin1', 156, 157)
    const describes = 'xgLK'.includes(type)
    const sizeBytes = (describes ? undefined : long.sizeBytes) ?? numberAt(header, 124, 12)
    const offset = at + block
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0 || offset + sizeBytes > total) {
      throw new Error(`an entry of ${sizeBytes} bytes at ${at}`)
    }
    if (describes) {
      if (sizeBytes > maxNameBytes) throw new Error(`a name of ${sizeBytes} bytes`)
      const text = (await read(file, offset, sizeBytes)).toString('utf8')
      if (type === 'L') long = { ...long, name: cut(text) }
      if (type === 'x') long = { ...long, ...readRecords(text) }
    } else {
      if (members.length === maxMembers) throw new Error('too many entries')
      members.push({ name: long.name ?? nameIn(header), kind: kindOf(type), offset, sizeBytes })
      long = {}
    }
    at = offset + Math.ceil(sizeBytes / block) * block
  }
  if (members.length === 0) throw new Error('an archive without entries')
  return members
}

function kindOf(type: string): Member['kind'] {
  if (['0', '\0', '7'].includes(type)) return 'file'
  if (type === '5') return 'folder'
  return type === '1' || type === '2' ? 'link' : 'other'
}

async function read(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, offset)
  return buffer.subarray(0, bytesRead)
}

/** In octal, or in binary where the first bit says so. */
function numberAt(header: Buffer, at: number, length: number): number {
  const bytes = header.subarray(at, at + length)
  if (((bytes[0] ?? 0) & 0x80) !== 0) return Number(bytes.subarray(1).readBigUInt64BE(length - 9))
  const text = cut(bytes.toString('latin1')).trim()
  return text === '' ? 0 : /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN
}

/** GNU's headers have no prefix: other things stand there. */
function nameIn(header: Buffer): string {
  const name = cut(header.toString('utf8', 0, 100))
  const prefix =
    header.toString('latin1', 262, 264) === ' \0' ? '' : header[262] === 0 ? cut(header.toString('utf8', 345, 500)) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

/** `27 path=long/name` and a line break, each with its own length. */
function readRecords(text: string): { name?: string; sizeBytes?: number } {
  const path = /(?:^|\n)\d+ path=([^\n]*)\n/.exec(text)?.[1]
  const size = /(?:^|\n)\d+ size=(\d+)\n/.exec(text)?.[1]
  return { ...(path === undefined ? {} : { name: path }), ...(size === undefined ? {} : { sizeBytes: Number(size) }) }
}

function cut(text: string): string {
  const end = text.indexOf('\0')
  return end < 0 ? text : text.slice(0, end)
}
