/** A JSON object whose fields are not known yet. */
export type Fields = Readonly<Record<string, unknown>>

/** Reads JSON without throwing; undefined when it is none. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The readers below turn what is missing or of another type into "nothing": one odd field never costs the whole. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

export function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

export function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((item) => typeof item === 'string')
}

/** The text values of an object, such as labels. */
export function textMapOf(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fieldsOf(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

/** One JSON object per line (docker) or one array of them (podman). Lines that are neither are counted, not fatal. */
export function readRows(text: string): { readonly rows: readonly Fields[]; readonly oddLines: number } {
  const whole = text.trimStart().startsWith('[') ? readJson(text) : undefined
  if (Array.isArray(whole)) return { rows: whole.map(fieldsOf), oddLines: 0 }
  const rows: Fields[] = []
  let oddLines = 0
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue
    const value = readJson(line)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) rows.push(value as Fields)
    else oddLines += 1
  }
  return { rows, oddLines }
}
