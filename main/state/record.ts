import { type Reading, readBytes, refuseNewer, type Unfit, wholeFile } from './read-state.ts'

/** What says of a value whether it fits: one of zod's. */
interface Schema<T> {
  readonly safeParse: (
    value: unknown,
  ) => { readonly success: true; readonly data: T } | { readonly success: false; readonly error: unknown }
}

/** The fields of a record, each read for itself. */
export interface Fields {
  /** The field where it fits; else that is said, and the fallback counts. */
  take<T>(name: string, schema: Schema<T>, fallback: T | (() => T)): T
  /** The same, of a field that nothing can stand for: null where it does not fit. */
  need<T>(name: string, schema: Schema<T>): T | null
  /** The fields of a record in it. */
  within(name: string): Fields
  /** The field as it stands there, for who takes it apart. */
  raw(name: string): unknown
  readonly unfit: Unfit
}

/**
 * Reads a record field by field: one that does not fit leaves the others. Of a file that is no JSON at all every field is missing, and
 * `parse` still says what counts.
 */
export function readRecord<T>(path: string, version: number, parse: (fields: Fields) => T): Reading<T> {
  return readBytes<T>(path, (bytes, unfit) => {
    let content: unknown
    try {
      content = JSON.parse(bytes.toString('utf8'))
    } catch (error) {
      unfit(wholeFile, error)
      return parse(fieldsOf({}, () => {}))
    }
    refuseNewer(content, version)
    if (typeof content !== 'object' || content === null || Array.isArray(content)) {
      unfit(wholeFile, 'not an object')
      return parse(fieldsOf({}, () => {}))
    }
    if (!('version' in content) || content.version !== version) unfit('version', 'not known')
    return parse(fieldsOf(content as Readonly<Record<string, unknown>>, unfit))
  })
}

function fieldsOf(content: Readonly<Record<string, unknown>>, unfit: Unfit): Fields {
  const read = <T>(name: string, schema: Schema<T>): { readonly value: T } | null => {
    const parsed = schema.safeParse(Object.hasOwn(content, name) ? content[name] : undefined)
    if (parsed.success) return { value: parsed.data }
    unfit(name, parsed.error)
    return null
  }
  return {
    unfit,
    within(name) {
      const inside = Object.hasOwn(content, name) ? content[name] : undefined
      const isRecord = typeof inside === 'object' && inside !== null && !Array.isArray(inside)
      return fieldsOf(isRecord ? (inside as typeof content) : {}, (where, why) => unfit(`${name}.${where}`, why))
    },
    raw: (name) => (Object.hasOwn(content, name) ? content[name] : undefined),
    take<T>(name: string, schema: Schema<T>, fallback: T | (() => T)): T {
      const found = read(name, schema)
      if (found !== null) return found.value
      return typeof fallback === 'function' ? (fallback as () => T)() : fallback
    },
    need: (name, schema) => read(name, schema)?.value ?? null,
  }
}
