import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { minContrast } from '../../../renderer/terminal/theme.ts'

// xterm's own arithmetic, as the window uses it.
const require = createRequire(import.meta.url)
const { color, rgb } = (await import(/* @vite-ignore */ require.resolve('@xterm/xterm/src/common/Color.ts'))) as {
  readonly color: { ensureContrastRatio(bg: Colour, fg: Colour, ratio: number): Colour | undefined }
  readonly rgb: { relativeLuminance(rgb: number): number }
}

interface Colour {
  readonly css: string
  readonly rgba: number
}

const css = readFileSync(fileURLToPath(new URL('../../../renderer/styles/tokens.css', import.meta.url)), 'utf8')
const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'].flatMap((name) => [
  name,
  `bright-${name}`,
])

function token(theme: string, name: string): Colour {
  const value = new RegExp(`--term-${theme}-${name}:\\s*(#[0-9A-Fa-f]{6});`).exec(css)?.[1] ?? ''
  return { css: value, rgba: Number.parseInt(`${value.slice(1)}ff`, 16) }
}

function contrast(one: Colour, other: Colour): number {
  const [low = 0, high = 0] = [one, other].map(({ rgba }) => rgb.relativeLuminance(rgba >>> 8)).sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

describe.each(['light', 'dark'])('the sixteen colours of a terminal in the %s theme', (theme) => {
  it('are readable on each other, as xterm draws them', () => {
    const unreadable: string[] = []
    for (const ground of [...names, 'bg']) {
      for (const text of [...names, 'fg']) {
        if (ground === text) continue
        const [bg, fg] = [token(theme, ground), token(theme, text)]
        const drawn = color.ensureContrastRatio(bg, fg, minContrast) ?? fg
        if (contrast(bg, drawn) < 4.45) unreadable.push(`${text} on ${ground}: ${contrast(bg, drawn).toFixed(2)}`)
      }
    }
    expect(unreadable).toEqual([])
  })

  it('have a black that is dark and a white that is light, since programs fill whole screens with them', () => {
    const luminance = (name: string): number => rgb.relativeLuminance(token(theme, name).rgba >>> 8)
    expect(luminance('black')).toBeLessThan(0.03)
    for (const white of ['white', 'bright-white']) expect(luminance(white)).toBeGreaterThan(0.6)
  })
})
