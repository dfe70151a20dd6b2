const maxTries = 5

/**
 * Loads style sheets anew that could not be loaded. A browser breaks off what it loads when the computer's network changes, as it does
 * whenever a container starts, and then shows the page without them.
 */
export function loadMissingStyles(page: Document): void {
  for (const link of page.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')) {
    // Style sheets hold scripts back: one that is not there when a script runs has failed.
    if (!isLoaded(link)) reload(link, maxTries)
  }
}

/** Chromium gives a sheet of ours that failed as one of another site, whose rules nobody may read. */
function isLoaded({ sheet }: HTMLLinkElement): boolean {
  try {
    return sheet !== null && sheet.cssRules.length >= 0
  } catch {
    return false
  }
}

function reload(link: HTMLLinkElement, tries: number): void {
  const again = link.cloneNode() as HTMLLinkElement
  if (tries > 1) again.addEventListener('error', () => reload(again, tries - 1), { once: true })
  link.replaceWith(again)
}
