import { useState } from 'react'
import { remember, remembered } from '../../store/remembered.ts'

export interface Sizes {
  readonly sidebar: number
  readonly list: number
  readonly dock: number
}

/** On a wide window the list has room for whole names and systems. */
export function defaultSizesFor(widthPx: number): Sizes {
  return widthPx < 1800 ? { sidebar: 208, list: 364, dock: 264 } : { sidebar: 240, list: 480, dock: 360 }
}
export const sizeLimits = { sidebar: [180, 280], list: [260, 520], dock: [120, 4000] } as const
/** The detail never gets less than this while it stands beside the list. */
export const minDetail = 520

/** Sizes are kept for each arrangement of displays: a laptop alone and at its desk differ. */
const key = `sizes.${window.screen.width}x${window.screen.height}@${window.devicePixelRatio}`

/** The sizes of the panes in a window as wide as this: what the person has not chosen follows the window. */
export function useSizes(widthPx: number): [Sizes, (change: Partial<Sizes>) => void] {
  const [chosen, setChosen] = useState<Partial<Sizes>>(() => remembered(key, {}))
  return [
    { ...defaultSizesFor(widthPx), ...chosen },
    (change) =>
      setChosen((before) => {
        const next = { ...before, ...change }
        remember(key, next)
        return next
      }),
  ]
}
