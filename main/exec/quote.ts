/** One word as a POSIX shell reads it back: in single quotes unless it is harmless without. */
export function quoteWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  return `'${word.replaceAll("'", `'\\''`)}'`
}

/** A command line for pasting. */
export function quoteLine(words: readonly string[]): string {
  return words.map(quoteWord).join(' ')
}
