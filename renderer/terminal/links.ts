import { call } from '../actions/call.ts'
import { isMac } from '../keyboard/platform.ts'

/** Opens a link of a guest's in the person's browser. Only https, and only with the key that says it is meant. */
export function followLink(event: MouseEvent, url: string): void {
  if (!(isMac ? event.metaKey : event.ctrlKey) || !isHttps(url)) return
  // A link that cannot be opened says so in main's log; the terminal is no place for a card.
  void call('link.open', { url }).catch(() => {})
}

export function isHttps(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'https:'
}

/** What is taken for a link in plain output. */
export const linkPattern = /https:\/\/[^\s"'<>`{}|\\^]*[^\s"'<>`{}|\\^.,;:!?)\]]/
