/**
 * Splits a command line as a person types it: by spaces, with single and double quotes and backslashes as in a POSIX shell,
 * but nothing is ever expanded. Null when a quote is not closed.
 */
export function splitWords(line: string): readonly string[] | null {
  const words: string[] = []
  let word: string | null = null
  let quote: '"' | "'" | null = null
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? ''
    const next = line[at + 1] ?? ''
    if (quote === "'") {
      if (char === quote) quote = null
      else word += char
    } else if (char === '\\' && next !== '' && (quote === null || '"\\$`'.includes(next))) {
      word = (word ?? '') + next
      at += 1
    } else if (quote === '"') {
      if (char === quote) quote = null
      else word += char
    } else if (char === '"' || char === "'") {
      quote = char
      word ??= ''
    } else if (/\s/.test(char)) {
      if (word !== null) words.push(word)
      word = null
    } else {
      word = (word ?? '') + char
    }
  }
  if (quote !== null) return null
  if (word !== null) words.push(word)
  return words
}
