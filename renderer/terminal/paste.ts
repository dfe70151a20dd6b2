/** Control characters but tab and line ends: what is pasted is text, and must not be able to act as keys. */
const control = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f]/g

/** Text as it may be pasted: an escape could end a bracketed paste early and make the rest commands. */
export function cleanPaste(text: string): string {
  return text.replace(control, '')
}

/** Whether a shell would run a part of it at once: it has a line end before its end, or ends in one. */
export function hasSeveralLines(text: string): boolean {
  return /[\r\n]/.test(text)
}

/** Cut so that each part fits a frame and no character is split. */
export function cutInput(text: string, length = 100_000): readonly string[] {
  const parts: string[] = []
  for (let from = 0; from < text.length; ) {
    let to = Math.min(text.length, from + length)
    if (to < text.length && /[\ud800-\udbff]/.test(text.charAt(to - 1))) to -= 1
    parts.push(text.slice(from, to))
    from = to
  }
  return parts
}
