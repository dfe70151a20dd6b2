import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lastSeenId } from '../app/domain/last-known.ts'

/** Where the list is kept between two runs. */
export function lastKnownPath(cacheDir: string): string {
  return join(cacheDir, 'inventory.json')
}

/** The list as the last run left it, as the text that was written; null when there is none, or when it was changed since. */
export function readLastSeen(cacheDir: string): string | null {
  try {
    return unsealed(readFileSync(lastKnownPath(cacheDir), 'utf8'))
  } catch {
    return null
  }
}

/**
 * The text with its checksum in a line of its own. The page draws the list without looking at every value in it, and one wrong
 * value would keep the window from its first picture.
 */
export function sealed(text: string): string {
  return `${text}\n${checksumOf(text)}\n`
}

function unsealed(file: string): string | null {
  const [text = '', checksum] = file.split('\n')
  return checksum === checksumOf(text) ? text : null
}

function checksumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/**
 * Our page with that text in it, as data that nothing runs: the page shows the machines of last time at its first paint, before
 * there is anybody to ask.
 */
export function withLastSeen(html: string, text: string): string {
  const data = text.replaceAll('<', '\\u003c')
  return html.replace('<body>', () => `<body><script type="application/json" id="${lastSeenId}">${data}</script>`)
}
