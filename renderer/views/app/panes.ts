const focusable =
  'button:not([tabindex="-1"]), [href]:not([tabindex="-1"]), input:not([tabindex="-1"]), select, textarea, [tabindex="0"]'

/** Moves the keyboard to the next pane (1) or the one before (-1), in the order they are read; wraps around. */
export function focusPane(direction: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter(
    (pane) => pane.offsetParent !== null && pane.querySelector(focusable) !== null,
  )
  const at = panes.findIndex((pane) => pane.contains(document.activeElement))
  const next = panes[(at + direction + panes.length) % panes.length] ?? panes[0]
  if (next !== undefined) focusInside(next)
}

/** Puts the keyboard into a pane: where its own start is marked, else at the first thing that takes it. */
export function focusInside(pane: HTMLElement): void {
  const marked = pane.querySelector<HTMLElement>('[data-pane-start]')
  const start = marked?.matches(focusable) ? marked : (marked ?? pane).querySelector<HTMLElement>(focusable)
  start?.focus({ preventScroll: false })
}

export function focusPaneNamed(name: 'sidebar' | 'list' | 'detail' | 'dock' | 'strip'): void {
  const pane = document.querySelector<HTMLElement>(`[data-pane="${name}"]`)
  if (pane !== null) focusInside(pane)
}
