import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const css = readFileSync(fileURLToPath(new URL('../../../renderer/styles/tokens.css', import.meta.url)), 'utf8')

type Theme = 'light' | 'dark'

/** The value of a token in one theme, as `#RRGGBB`. */
function token(name: string, theme: Theme): string {
  const value = new RegExp(`--${name}:\\s*([^;]+);`).exec(css)?.[1] ?? ''
  const pair = /^light-dark\(\s*(#[0-9A-Fa-f]{6})\s*,\s*(#[0-9A-Fa-f]{6})\s*\)$/.exec(value.trim())
  const colour = pair === null ? value.trim() : theme === 'light' ? pair[1] : pair[2]
  if (colour === undefined || !/^#[0-9A-Fa-f]{6}$/.test(colour))
    throw new Error(`--${name} is no plain colour: ${value}`)
  return colour
}

/** WCAG 2.2 relative luminance. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

const themes: readonly Theme[] = ['light', 'dark']
const planes = ['sidebar', 'list', 'detail', 'raised', 'inset', 'hover', 'selected', 'selected-quiet']
const softs = ['accent-soft', 'run-soft', 'pause-soft', 'suspend-soft', 'fail-soft']
const terminalColours = [
  'fg',
  ...['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'].flatMap((name) => [
    name,
    `bright-${name}`,
  ]),
]

const onDetail = (name: string, theme: Theme): number => contrast(token(name, theme), token('bg-detail', theme))
const onWorstPlane = (name: string, theme: Theme): number =>
  Math.min(...planes.map((plane) => contrast(token(name, theme), token(`bg-${plane}`, theme))))
/** Fields and boxes stand on planes at rest, never on a row that is pointed at or selected. */
const onWorstRest = (name: string, theme: Theme): number =>
  Math.min(
    ...planes
      .filter((plane) => plane !== 'hover' && !plane.startsWith('selected'))
      .map((plane) => contrast(token(name, theme), token(`bg-${plane}`, theme))),
  )
const onWorstSoft = (name: string, theme: Theme): number =>
  Math.min(...softs.map((soft) => contrast(token(name, theme), token(soft, theme))))

/** Token, on detail (light, dark), on the worst plane (light, dark), the least it may ever be. */
const onPlanes: readonly (readonly [string, number, number, number, number, number])[] = [
  ['text-1', 16.32, 14.41, 13.0, 10.51, 7],
  ['text-2', 7.67, 8.69, 6.11, 6.34, 4.5],
  ['text-3', 5.72, 6.27, 4.55, 4.57, 4.5],
  ['off-text', 5.72, 6.27, 4.55, 4.57, 4.5],
  ['accent', 6.39, 7.72, 5.08, 5.63, 4.5],
  ['run-text', 6.14, 8.55, 4.89, 6.23, 4.5],
  ['pause-text', 6.52, 8.99, 5.2, 6.56, 4.5],
  ['suspend-text', 7.45, 7.82, 5.93, 5.7, 4.5],
  ['fail-text', 6.75, 7.35, 5.38, 5.36, 4.5],
  ['run-mark', 4.37, 7.28, 3.48, 5.31, 3],
  ['pause-mark', 4.44, 7.76, 3.54, 5.66, 3],
  ['suspend-mark', 5.47, 6.33, 4.36, 4.61, 3],
  ['fail-mark', 5.28, 6.03, 4.21, 4.4, 3],
  ['off-mark', 3.9, 5.26, 3.1, 3.84, 3],
  ['busy-mark', 6.39, 7.72, 5.08, 5.63, 3],
]

type Measure = (theme: Theme) => number
const pair =
  (one: string, other: string): Measure =>
  (theme) =>
    contrast(token(one, theme), token(other, theme))

/** What stands on what, its ratio (light, dark), and the least it may ever be. */
const pairs: readonly (readonly [string, Measure, number, number, number])[] = [
  ['white on accent-fill', pair('on-accent', 'accent-fill'), 5.85, 4.98, 4.5],
  ['white on accent-fill-hover', pair('on-accent', 'accent-fill-hover'), 7.42, 4.65, 4.5],
  ['white on fail-fill', pair('on-accent', 'fail-fill'), 6.06, 5.73, 4.5],
  ['accent on accent-soft', pair('accent', 'accent-soft'), 5.51, 6.25, 4.5],
  ['run-text on run-soft', pair('run-text', 'run-soft'), 5.38, 7.17, 4.5],
  ['pause-text on pause-soft', pair('pause-text', 'pause-soft'), 5.82, 7.46, 4.5],
  ['suspend-text on suspend-soft', pair('suspend-text', 'suspend-soft'), 6.32, 6.88, 4.5],
  ['fail-text on fail-soft', pair('fail-text', 'fail-soft'), 6.02, 6.93, 4.5],
  ['text-1 on any soft ground', (theme) => onWorstSoft('text-1', theme), 13.83, 11.65, 7],
  ['text-2 on any soft ground', (theme) => onWorstSoft('text-2', theme), 6.5, 7.03, 4.5],
  [
    'terminal colours',
    (theme) =>
      Math.min(
        // What is close to the ground is a ground itself; as text it is drawn darker or lighter: see palette-contrast.test.ts.
        ...terminalColours
          .filter((name) => !(theme === 'light' ? /white$/ : /^black$/).test(name))
          .map((name) => contrast(token(`term-${theme}-${name}`, theme), token(`term-${theme}-bg`, theme))),
      ),
    4.9,
    6.74,
    4.5,
  ],
  [
    'terminal text on its selection',
    (theme) => contrast(token(`term-${theme}-fg`, theme), token(`term-${theme}-selection`, theme)),
    11.66,
    6.89,
    4.5,
  ],
  ['line-control on its worst plane', (theme) => onWorstRest('line-control', theme), 3.09, 3.38, 3],
]

const rounded = (ratio: number): number => Math.round(ratio * 100) / 100

describe('contrast, by WCAG 2.2', () => {
  it.for(onPlanes)(
    '%s is as designed on the detail and on its worst plane',
    ([name, light, dark, worstLight, worstDark, floor]) => {
      expect(themes.map((theme) => rounded(onDetail(name, theme)))).toEqual([light, dark])
      expect(themes.map((theme) => rounded(onWorstPlane(name, theme)))).toEqual([worstLight, worstDark])
      for (const theme of themes) expect(onWorstPlane(name, theme)).toBeGreaterThanOrEqual(floor)
    },
  )

  it.for(pairs)('%s is as designed', ([, measure, light, dark, floor]) => {
    expect(themes.map((theme) => rounded(measure(theme)))).toEqual([light, dark])
    for (const theme of themes) expect(measure(theme)).toBeGreaterThanOrEqual(floor)
  })

  it('text that is disabled stays visible, and its reason is readable', () => {
    expect(themes.map((theme) => rounded(onDetail('text-disabled', theme)))).toEqual([3.02, 3.39])
    for (const theme of themes) expect(onWorstPlane('text-2', theme)).toBeGreaterThanOrEqual(4.5)
  })

  it('terminal colours are plain, since the terminal reads them as they stand', () => {
    for (const theme of themes) {
      for (const name of [...terminalColours, 'bg', 'cursor', 'selection']) {
        expect(css).toMatch(new RegExp(`--term-${theme}-${name}:\\s*#[0-9A-Fa-f]{6};`))
      }
    }
  })
})
