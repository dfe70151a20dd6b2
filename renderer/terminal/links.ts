/** Whether a guest's link may be followed: what a browser shows, and nothing that would start another program. */
export function isWeb(url: string): boolean {
  return URL.canParse(url) && ['https:', 'http:'].includes(new URL(url).protocol)
}

/** What is taken for a link in plain output. Plain http too: what a guest serves on a forwarded port is hardly ever https. */
export const linkPattern = /https?:\/\/[^\s"'<>`{}|\\^]*[^\s"'<>`{}|\\^.,;:!?)\]]/
