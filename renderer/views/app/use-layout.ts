import { useSyncExternalStore } from 'react'
import { useApp } from '../../store/store.ts'

export interface Layout {
  /** The window's width as the text sees it: large text makes a window narrow. */
  readonly widthPx: number
  /** Room for the sidebar beside the list. */
  readonly hasSidebar: boolean
  /** The list is narrow and leaves its system column out. */
  readonly isListNarrow: boolean
  /** List and detail one after the other, with a Back button. */
  readonly isTwoStep: boolean
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('resize', listener)
  return () => window.removeEventListener('resize', listener)
}

export function layoutFor(widthPx: number): Layout {
  return { widthPx, hasSidebar: widthPx >= 980, isListNarrow: widthPx < 1100, isTwoStep: widthPx < 800 }
}

export function useZoom(): number {
  return useApp((state) => (state.settings?.textZoomPercent ?? 100) / 100)
}

export function useLayout(): Layout {
  const widthPx = useSyncExternalStore(subscribe, () => window.innerWidth)
  return layoutFor(widthPx / Math.max(1, useZoom()))
}
