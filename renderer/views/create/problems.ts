import type { Limit } from '../../../app/domain/spec.ts'
import type { Text } from '../../../app/messages/text.ts'
import type { Quantity } from './quantities.ts'

/** What is wrong, by field. Rows of a table are fields too: `forwards.2`. */
export type Problems = ReadonlyMap<string, Text>

/** Collects problems; the first one of a field stands. */
export function createProblems(): {
  readonly add: (field: string, text: Text) => void
  readonly all: Map<string, Text>
} {
  const all = new Map<string, Text>()
  return {
    add(field, text) {
      if (!all.has(field)) all.set(field, text)
    },
    all,
  }
}

/** Says a problem when the value is outside its limits. */
export function checkRange(
  value: number,
  quantity: Quantity,
  limit: Limit,
  field: string,
  add: (field: string, text: Text) => void,
): void {
  if (value >= limit.min && value <= limit.max) return
  add(field, {
    key: 'create.problem.range',
    params: { min: quantity.write(limit.min), max: quantity.write(limit.max) },
  })
}

/** The sentence beside a value that is allowed but leaves little for everything else; null within the sensible. */
export function overSensible(value: number, quantity: Quantity, limit: Limit): Text | null {
  if (value <= limit.sensible || value > limit.max) return null
  return { key: 'create.warn.sensible', params: { value: quantity.write(limit.sensible) } }
}

export function checkName(name: string, add: (field: string, text: Text) => void): string {
  const trimmed = name.trim()
  if (trimmed === '') add('name', { key: 'create.problem.name.empty' })
  else if ([...trimmed].length > 200) add('name', { key: 'create.problem.name.long' })
  return trimmed
}

/** Ports as typed, with commas or spaces between them; null when one of them is none. */
export function readPorts(text: string): readonly number[] | null {
  const ports = text.split(/[\s,]+/).filter((part) => part !== '')
  const read = ports.map(readPort)
  return read.every((port) => port !== null) ? [...new Set(read)] : null
}

/** A port as typed; null when it is none. */
export function readPort(text: string): number | null {
  const port = /^\s*\d{1,5}\s*$/.test(text) ? Number(text) : 0
  return port >= 1 && port <= 65_535 ? port : null
}
