import type { ITheme } from '@xterm/xterm'

/** Programs colour grounds as well as text: what could not be read on its ground is made lighter or darker (WCAG AA). */
export const minContrast = 4.5

const colours = {
  background: 'bg',
  foreground: 'fg',
  cursor: 'cursor',
  selectionBackground: 'selection',
  black: 'black',
  red: 'red',
  green: 'green',
  yellow: 'yellow',
  blue: 'blue',
  magenta: 'magenta',
  cyan: 'cyan',
  white: 'white',
  brightBlack: 'bright-black',
  brightRed: 'bright-red',
  brightGreen: 'bright-green',
  brightYellow: 'bright-yellow',
  brightBlue: 'bright-blue',
  brightMagenta: 'bright-magenta',
  brightCyan: 'bright-cyan',
  brightWhite: 'bright-white',
} as const satisfies Partial<Record<keyof ITheme, string>>

export type Scheme = 'light' | 'dark'

/** Which of the two an element is drawn in. `light dark` as computed value means: as the system does. */
export function schemeOf(element: Element): Scheme {
  const computed = getComputedStyle(element).colorScheme
  if (computed.includes('dark') && !computed.includes('light')) return 'dark'
  if (!computed.includes('dark')) return 'light'
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

/** The terminal's colours, from the tokens that hold plain values: a terminal cannot resolve `light-dark()`. */
export function themeOf(element: Element): ITheme {
  const style = getComputedStyle(element)
  const scheme = schemeOf(element)
  const token = (name: string): string => style.getPropertyValue(`--term-${scheme}-${name}`).trim()
  const theme = Object.fromEntries(Object.entries(colours).map(([key, name]) => [key, token(name)]))
  return { ...theme, cursorAccent: token('bg'), selectionInactiveBackground: token('selection') }
}

/** With a cursor that cannot be seen, and the text under it as elsewhere. No sequence is written, so a replay changes nothing. */
export function withoutCursor(theme: ITheme): ITheme {
  return { ...theme, cursor: '#00000000', cursorAccent: theme.foreground ?? '' }
}

/** Colours of search hits, which xterm takes only as six digits. */
export function searchColours(element: Element) {
  const style = getComputedStyle(element)
  const scheme = schemeOf(element)
  const token = (name: string): string => style.getPropertyValue(`--term-${scheme}-${name}`).trim()
  return {
    matchBackground: token('selection'),
    matchOverviewRuler: token('yellow'),
    activeMatchBackground: scheme === 'dark' ? '#7a5c12' : '#f5d98b',
    activeMatchColorOverviewRuler: token('cursor'),
  }
}

/** Calls when an element may be drawn in another scheme than before: the system changed, or the page's theme did. */
export function onSchemeChange(changed: () => void): () => void {
  const query = matchMedia('(prefers-color-scheme: dark)')
  query.addEventListener('change', changed)
  const observer = new MutationObserver(changed)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'style', 'class'] })
  return () => {
    query.removeEventListener('change', changed)
    observer.disconnect()
  }
}
