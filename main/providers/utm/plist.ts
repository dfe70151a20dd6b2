import { open } from 'node:fs/promises'
import { type PlistValue, parse } from 'plist'

/** UTM's own are some kilobytes. What is larger is none of them, and not read. */
const maxBytes = 4 * 1024 * 1024
/**
 * The parser keeps the event loop for 30 µs an element: a configuration in XML has some hundred. The preferences, which hold more,
 * are binary.
 */
const maxElements = 5_000

/**
 * Reads a property list, in XML or binary. Throws what the system says when there is none (`ENOENT`, `EPERM`), and an
 * `Error` that says why for one that is too large or no property list.
 */
export async function readPlist(path: string): Promise<PlistValue> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    if (size > maxBytes) throw new Error(`${size} bytes are no configuration`)
    return parsePlist(await file.readFile())
  } finally {
    await file.close()
  }
}

/** Throws an `Error` that says what is wrong with what is no property list. */
export function parsePlist(bytes: Uint8Array): PlistValue {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (text.subarray(0, 8).toString('latin1') === 'bplist00') return parse(bytes)
  const xml = withoutOuterComments(text.toString('utf8'))
  if (hasMoreThan(2 * maxElements, '<', xml)) throw new Error(`more than ${maxElements} elements are no configuration`)
  // The parser takes older notations as well, in which nearly every rubbish is a word.
  if (!/^<(?:\?xml|!DOCTYPE plist|plist)/.test(xml)) throw new Error('no property list')
  // What was cut off would be read as far as it goes.
  if (!/<\/plist>\s*$/.test(xml)) throw new Error('the property list ends in the middle')
  return parse(xml)
}

function hasMoreThan(count: number, character: string, text: string): boolean {
  let found = 0
  for (let at = text.indexOf(character); at !== -1 && found <= count; at = text.indexOf(character, at + 1)) found += 1
  return found > count
}

/** Comments before and after the root, which Apple's parser takes. */
function withoutOuterComments(xml: string): string {
  let rest = xml.replace(/^\uFEFF/, '').trim()
  while (rest.startsWith('<!--')) {
    const end = rest.indexOf('-->')
    if (end === -1) return rest
    rest = rest.slice(end + 3).trimStart()
  }
  while (rest.endsWith('-->')) {
    const start = rest.lastIndexOf('<!--')
    if (start === -1) return rest
    rest = rest.slice(0, start).trimEnd()
  }
  return rest
}
