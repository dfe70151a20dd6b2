import { useState } from 'react'
import { remember, remembered } from '../../store/remembered.ts'

export interface Sizes {
  readonly sidebar: number
  readonly list: number
  readonly dock: number
}

export const defaultSizes: Sizes = { sidebar: 208, list: 364, dock: 264 }
export const sizeLimits = { sidebar: [180, 280], list: [260, 520], dock: [120, 4000] } as const
/** The detail never gets less than this while it stands beside the list. */
export const leastDetail = 520

/** Sizes are kept for each arrangement of displays: a laptop alone and at its desk differ. */
const key = `sizes.${window.screen.width}x${window.screen.height}@${window.devicePixelRatio}`

export function useSizes(): [Sizes, (change: Partial<Sizes>) => void] {
  const [sizes, setSizes] = useState<Sizes>(() => ({ ...defaultSizes, ...remembered<Partial<Sizes>>(key, {}) }))
  return [
    sizes,
    (change) =>
      setSizes((before) => {
        const next = { ...before, ...change }
        remember(key, next)
        return next
      }),
  ]
}
