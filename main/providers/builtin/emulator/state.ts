import { isNothing } from './empty-chunks.ts'
import type { Processor } from './internals.ts'

const pageBytes = 4096
/** What is looked at in one go: most of a machine's memory was never written. */
const stretchBytes = 16 * pageBytes
/** v86's numbers for a state of this version's, and for its making. */
const stateMark = -2039052682
const stateVersion = 6
const headerBytes = 16
const arrayTypes: ReadonlySet<string> = new Set(
  [Uint8Array, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array, Float32Array, Float64Array].map(
    ({ name }) => name,
  ),
)

/** A guest's memory without its empty pages, where it lies. */
class FilledPages {
  constructor(readonly parts: readonly Uint8Array[]) {}
}

/** A block of the state, of one piece or, of the guest's memory, of many. */
type Block = readonly Uint8Array[]

/**
 * A machine's state in v86's own format, byte for byte what its `save_state` makes, as its parts in their order. That one copies
 * a guest's memory twice, and looks through what was never written at the pace of one page; here nothing large is copied. The
 * parts are the machine's own memory: good until it runs on.
 */
export function stateParts(cpu: Processor): readonly Uint8Array[] {
  const blocks: Block[] = []
  const state = described(stateOf(cpu), blocks)
  let end = 0
  const places = blocks.map((block) => {
    const place = { offset: end, length: lengthOf(block) }
    end = aligned(end + place.length)
    return place
  })
  const about = new TextEncoder().encode(JSON.stringify({ buffer_infos: places, state }))
  const start = aligned(headerBytes + about.length)
  const header = new Uint8Array(headerBytes)
  new Int32Array(header.buffer).set([stateMark, stateVersion, start + end, about.length])
  return [
    header,
    about,
    ...padding(headerBytes + about.length),
    ...blocks.flatMap((block) => [...block, ...padding(lengthOf(block))]),
  ]
}

/** The processor's state, with its memory's filled pages where v86 would have a copy of them. */
function stateOf(cpu: Processor): readonly unknown[] {
  const { pages, bitmap } = filledPages(bytesOf(cpu.mem8))
  const own: Processor = Object.create(cpu, {
    pack_memory: { value: () => ({ packed_memory: pages, bitmap: { get_buffer: () => bitmap.buffer } }) },
  })
  return own.get_state()
}

function filledPages(memory: Uint8Array): { readonly pages: FilledPages; readonly bitmap: Uint8Array } {
  const bitmap = new Uint8Array(Math.ceil(memory.length / pageBytes / 8))
  const parts: Uint8Array[] = []
  let from = 0
  let to = 0
  for (let stretch = 0; stretch < memory.length; stretch += stretchBytes) {
    const stretchEnd = Math.min(stretch + stretchBytes, memory.length)
    if (isNothing(memory.subarray(stretch, stretchEnd))) continue
    for (let at = stretch; at < stretchEnd; at += pageBytes) {
      if (isNothing(memory.subarray(at, at + pageBytes))) continue
      const page = at / pageBytes
      bitmap[page >> 3] = (bitmap[page >> 3] ?? 0) | (1 << (page & 7))
      if (at !== to) {
        if (to > from) parts.push(memory.subarray(from, to))
        from = at
      }
      to = at + pageBytes
    }
  }
  if (to > from) parts.push(memory.subarray(from, to))
  return { pages: new FilledPages(parts), bitmap }
}

/** As v86 writes it down: arrays of numbers become blocks, devices what they say of themselves. */
function described(value: unknown, blocks: Block[]): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((one) => described(one, blocks))
  if (value instanceof Map) {
    const args = Array.from(value, ([key, one]) => [described(key, blocks), described(one, blocks)])
    return { __state_type__: 'Map', args }
  }
  if (value instanceof FilledPages) return { __state_type__: 'Uint8Array', buffer_id: blocks.push(value.parts) - 1 }
  // Not `in`: what v86 puts before an array answers only what is asked of it.
  const numbers = value as Partial<Numbers>
  if (isNumbers(numbers)) {
    const type = numbers.constructor.name.replace('bound ', '')
    if (!arrayTypes.has(type)) throw new Error(`v86 keeps a kind of array that Berth does not know: ${type}`)
    return { __state_type__: type, buffer_id: blocks.push([bytesOf(numbers)]) - 1 }
  }
  const { get_state } = value as { readonly get_state?: () => readonly unknown[] }
  if (typeof get_state !== 'function') throw new Error('v86 keeps an object that says nothing of its state')
  return described(get_state.call(value), blocks)
}

/** An array of numbers, or what v86 puts before one in its own memory, so that it stays valid when that grows. */
type Numbers = Pick<Uint8Array, 'buffer' | 'byteOffset' | 'length' | 'BYTES_PER_ELEMENT'> & {
  readonly constructor: { readonly name: string }
}

function isNumbers(value: Partial<Numbers>): value is Numbers {
  return value.BYTES_PER_ELEMENT !== undefined
}

function bytesOf({ buffer, byteOffset, length, BYTES_PER_ELEMENT }: Numbers): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length * BYTES_PER_ELEMENT)
}

function lengthOf(block: Block): number {
  return block.reduce((sum, { length }) => sum + length, 0)
}

function aligned(length: number): number {
  return (length + 3) & -4
}

function padding(length: number): readonly Uint8Array[] {
  const missing = aligned(length) - length
  return missing === 0 ? [] : [new Uint8Array(missing)]
}
