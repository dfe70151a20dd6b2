/** Whether a guest's link may be followed: nothing but https is. */
export function isHttps(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'https:'
}

/** What is taken for a link in plain output. */
export const linkPattern = /https:\/\/[^\s"'<>`{}|\\^]*[^\s"'<>`{}|\\^.,;:!?)\]]/
