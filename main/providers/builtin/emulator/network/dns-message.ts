import { read16, write16, write32 } from './packets.ts'

export const recordType = {
  address: 1,
  nameServer: 2,
  alias: 5,
  pointer: 12,
  mail: 15,
  text: 16,
  address6: 28,
  service: 33,
  options: 41,
} as const

export const outcome = { done: 0, malformed: 1, failed: 2, noSuchName: 3, notImplemented: 4, refused: 5 } as const

export interface Question {
  readonly id: number
  readonly name: string
  readonly type: number
  /** The question as it was asked, which the answer repeats, in the guest's own capitals. */
  readonly bytes: Uint8Array
  readonly isRecursive: boolean
  /** As large as the guest says an answer may be. */
  readonly maxAnswerBytes: number
}

export interface DnsRecord {
  readonly seconds: number
  readonly data: Uint8Array
}

const headerBytes = 12
const plainAnswerBytes = 512
/** What fits one frame. */
const maxReplyBytes = 1400
const maxNameLength = 253
const internet = 1

/** The one question of a query. `null` for what is no query at all; what can't be understood is answered by its outcome. */
export function readQuery(query: Uint8Array): Question | { readonly id: number; readonly outcome: number } | null {
  if (query.length < headerBytes) return null
  const id = read16(query, 0)
  const flags = read16(query, 2)
  // An answer must never be answered.
  if ((flags & 0x8000) !== 0) return null
  if ((flags & 0x7800) !== 0) return { id, outcome: outcome.notImplemented }
  if (read16(query, 4) !== 1) return { id, outcome: outcome.malformed }
  const labels: string[] = []
  let at = headerBytes
  let length = 0
  for (;;) {
    const labelBytes = query[at]
    // 64 and above would be a reference, and there is nothing yet that could be referred to.
    if (labelBytes === undefined || labelBytes > 63 || at + 1 + labelBytes > query.length) {
      return { id, outcome: outcome.malformed }
    }
    at += 1
    if (labelBytes === 0) break
    length += labelBytes + 1
    if (length > maxNameLength + 1) return { id, outcome: outcome.malformed }
    labels.push(String.fromCharCode(...query.subarray(at, at + labelBytes)))
    at += labelBytes
  }
  if (at + 4 > query.length) return { id, outcome: outcome.malformed }
  const question = query.slice(headerBytes, at + 4)
  if (read16(query, at + 2) !== internet) return { id, outcome: outcome.notImplemented }
  // No system's resolver is to be asked for what its own notation would read otherwise.
  if (!labels.every((label) => /^[A-Za-z0-9_-]+$/.test(label))) return { id, outcome: outcome.noSuchName }
  return {
    id,
    name: labels.join('.'),
    type: read16(query, at),
    bytes: question,
    isRecursive: (flags & 0x0100) !== 0,
    maxAnswerBytes: maxAnswerOf(query, at + 4),
  }
}

/** By the record that says how much is taken, which comes right behind the question. */
function maxAnswerOf(query: Uint8Array, at: number): number {
  const isThere =
    read16(query, 6) === 0 &&
    read16(query, 8) === 0 &&
    read16(query, 10) > 0 &&
    at + 11 <= query.length &&
    query[at] === 0
  if (!isThere || read16(query, at + 1) !== recordType.options) return plainAnswerBytes
  return Math.min(maxReplyBytes, Math.max(plainAnswerBytes, read16(query, at + 3)))
}

/** An answer to a question: with its records as far as they fit. */
export function answer(question: Question, code: number, records: readonly DnsRecord[] = []): Uint8Array {
  const bytes = new Uint8Array(question.maxAnswerBytes)
  bytes.set(question.bytes, headerBytes)
  let at = headerBytes + question.bytes.length
  let count = 0
  for (const { seconds, data } of records) {
    if (at + headerBytes + data.length > bytes.length) break
    // The name is the question's.
    write16(bytes, at, 0xc000 | headerBytes)
    bytes.set(question.bytes.subarray(-4), at + 2)
    write32(bytes, at + 6, seconds)
    write16(bytes, at + 10, data.length)
    bytes.set(data, at + headerBytes)
    at += headerBytes + data.length
    count += 1
  }
  // Some addresses do as well as all; of other records a part could mislead.
  const isCut = count < records.length && (count === 0 || question.type !== recordType.address)
  writeHeader(bytes, question.id, { code, isRecursive: question.isRecursive, isCut, questions: 1, answers: count })
  return bytes.subarray(0, at)
}

/** An answer to what was no question. */
export function complaint(id: number, code: number): Uint8Array {
  const bytes = new Uint8Array(headerBytes)
  writeHeader(bytes, id, { code, isRecursive: true, isCut: false, questions: 0, answers: 0 })
  return bytes
}

function writeHeader(
  bytes: Uint8Array,
  id: number,
  about: {
    readonly code: number
    readonly isRecursive: boolean
    readonly isCut: boolean
    readonly questions: number
    readonly answers: number
  },
): void {
  write16(bytes, 0, id)
  write16(bytes, 2, 0x8080 | (about.isRecursive ? 0x0100 : 0) | (about.isCut ? 0x0200 : 0) | about.code)
  write16(bytes, 4, about.questions)
  write16(bytes, 6, about.answers)
}

/** A name as records hold it; null for what is none. */
export function nameBytes(name: string): Uint8Array | null {
  const labels = name.replace(/\.$/, '').split('.')
  if (name === '' || name === '.') return Uint8Array.of(0)
  if (name.length > maxNameLength + 1 || labels.some(({ length }) => length === 0 || length > 63)) return null
  return Uint8Array.from([...labels.flatMap((label) => [label.length, ...Buffer.from(label, 'latin1')]), 0])
}
