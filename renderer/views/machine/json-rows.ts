/** One line of a document that can be folded. */
export interface JsonRow {
  /** Steps from the root, joined: unique. */
  readonly path: string
  readonly depth: number
  /** The name or number under which it stands; null at the root. */
  readonly label: string | null
  /** A plain value as JSON writes it; for something with parts, its brackets. */
  readonly text: string
  /** How many parts it has; null for a plain value. */
  readonly parts: number | null
}

/**
 * A JSON document as lines. Parts of what is in `folded` are left out. With a `search` only lines that hold it are there,
 * with all lines that lead to them, and nothing is folded. A document that is no JSON is its own lines.
 */
export function jsonRows(text: string, folded: ReadonlySet<string>, search: string): readonly JsonRow[] {
  const words = search.trim().toLocaleLowerCase()
  const rows = parsed(text)
  if (words !== '') return matching(rows, words)
  const shown: JsonRow[] = []
  let hiddenBelow: number | null = null
  for (const row of rows) {
    if (hiddenBelow !== null && row.depth > hiddenBelow) continue
    hiddenBelow = folded.has(row.path) ? row.depth : null
    shown.push(row)
  }
  return shown
}

function parsed(text: string): readonly JsonRow[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return text
      .split('\n')
      .map((line, index) => ({ path: String(index), depth: 0, label: null, text: line, parts: null }))
  }
  const rows: JsonRow[] = []
  const stack: { value: unknown; label: string | null; path: string; depth: number }[] = [
    { value, label: null, path: '$', depth: 0 },
  ]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { label, path, depth } = next
    if (next.value === null || typeof next.value !== 'object') {
      rows.push({ path, depth, label, text: JSON.stringify(next.value), parts: null })
      continue
    }
    const entries = Object.entries(next.value)
    rows.push({ path, depth, label, text: Array.isArray(next.value) ? '[ ]' : '{ }', parts: entries.length })
    for (const [key, part] of entries.toReversed()) {
      stack.push({ value: part, label: key, path: `${path}\n${key}`, depth: depth + 1 })
    }
  }
  return rows
}

function matching(rows: readonly JsonRow[], words: string): readonly JsonRow[] {
  const kept = new Set<JsonRow>()
  const above: JsonRow[] = []
  for (const row of rows) {
    above.length = row.depth
    if (`${row.label ?? ''}: ${row.text}`.toLocaleLowerCase().includes(words)) {
      for (const one of above) kept.add(one)
      kept.add(row)
    }
    above.push(row)
  }
  return rows.filter((row) => kept.has(row))
}
