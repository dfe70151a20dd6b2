/**
 * The paths of the files without which a built page cannot begin: its scripts, what they import, and its styles.
 * `html` is our own page, as the build writes it.
 */
export function firstFiles(html: string): ReadonlySet<string> {
  const paths = new Set<string>()
  for (const [tag] of html.matchAll(/<(?:script|link)\b[^<>]*>/g)) {
    if (tag.startsWith('<link') && !/\brel="(?:modulepreload|stylesheet)"/.test(tag)) continue
    const address = /\b(?:src|href)="([^"]+)"/.exec(tag)?.[1]
    if (address !== undefined) paths.add(new URL(address, 'page://app/').pathname)
  }
  return paths
}

export interface PageWatch {
  /** Called for each file that was read for the page, the page itself first. */
  readonly served: (pathname: string, content: Uint8Array) => void
  /** Settles when the page has everything it begins with. Never when it does not ask for it. */
  readonly whenServed: Promise<void>
}

/** Waits for a page to be given all its first files. */
export function watchPage(): PageWatch {
  let missing: Set<string> | null = null
  let settle: () => void = () => {}
  const whenServed = new Promise<void>((resolve) => {
    settle = resolve
  })
  return {
    served(pathname, content) {
      if (pathname === '/' || pathname === '/index.html') {
        missing = new Set(firstFiles(new TextDecoder().decode(content)))
      }
      missing?.delete(pathname)
      if (missing?.size === 0) settle()
    },
    whenServed,
  }
}
