import { type RefObject, useEffect, useRef } from 'react'

/** Keeps the row with the tab stop in view when the list gets lower, as when the terminals open below it. */
export function useRowInView(grid: RefObject<HTMLElement | null>, cursor: string | null): void {
  const key = useRef(cursor)
  key.current = cursor
  useEffect(() => {
    const list = grid.current
    if (list === null) return
    let heightPx = list.clientHeight
    const observer = new ResizeObserver(() => {
      const beforePx = heightPx
      heightPx = list.clientHeight
      const row = key.current === null ? null : list.querySelector(`[data-row="${CSS.escape(key.current)}"]`)
      if (row === null || heightPx >= beforePx) return
      const { top } = list.getBoundingClientRect()
      const { top: rowTop, bottom: rowBottom } = row.getBoundingClientRect()
      // One that the person had scrolled away from stays where it is.
      const wasSeen = rowTop >= top && rowBottom <= top + beforePx
      if (wasSeen && rowBottom > top + heightPx) row.scrollIntoView({ block: 'nearest' })
    })
    observer.observe(list)
    return () => observer.disconnect()
  }, [grid])
}
