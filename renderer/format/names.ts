/**
 * Shows what cannot be seen: line breaks as ↵, tabs as →, other control characters as a terminal writes them (`^G`, `^[`, `<85>`):
 * fonts have no pictures of these, or grey blocks.
 */
export function showControls(text: string): string {
  return /[\p{Cc}\u2028\u2029]/u.test(text)
    ? text
        .replace(/\r\n|[\n\r\u2028\u2029]/g, '↵')
        .replaceAll('\t', '→')
        .replace(/\p{Cc}/gu, controlNotation)
    : text
}

function controlNotation(character: string): string {
  const code = character.charCodeAt(0)
  return code < 0x80 ? `^${String.fromCharCode(code ^ 0x40)}` : `<${code.toString(16)}>`
}

/** What stands for a machine or snapshot without a name: the tool's own key, a long hash by its beginning as its tool writes it. */
export function shortId(id: string): string {
  const key = id.slice(id.indexOf(':') + 1)
  const last = key.slice(key.lastIndexOf('/') + 1)
  return /^[0-9a-f]{64}$/.test(last) ? last.slice(0, 12) : last
}

const rightToLeft = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/
const maxTailLength = 12

/**
 * Where a name may be cut: the head gets the ellipsis, the tail stays. The tail is the last part when it holds a digit,
 * as in `stack-with-every-dashboard-1`; names written right to left are cut at their end alone.
 */
export function splitName(name: string): { readonly head: string; readonly tail: string } {
  const whole = { head: name, tail: '' }
  if (rightToLeft.test(name)) return whole
  const match = /^(.+?)([-_. /:][^-_. /:]*\d[^-_. /:]*)$/su.exec(name)
  const [, head = '', tail = ''] = match ?? []
  return match === null || tail.length > maxTailLength ? whole : { head, tail }
}
