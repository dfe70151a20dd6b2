import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import type { RefObject } from 'react'

/**
 * The rows of a long list that are near the view. `heightOf` must know each row's height without drawing it, so that the
 * list's length is right at once and scrolling never blanks.
 */
export function useVirtualRows<T extends HTMLElement>(options: {
  readonly scroll: RefObject<T | null>
  readonly count: number
  readonly heightOf: (index: number) => number
  readonly keyOf: (index: number) => string
  readonly overscan?: number
}): Virtualizer<T, Element> {
  return useVirtualizer<T, Element>({
    count: options.count,
    getScrollElement: () => options.scroll.current,
    estimateSize: options.heightOf,
    getItemKey: options.keyOf,
    overscan: options.overscan ?? 12,
  })
}
