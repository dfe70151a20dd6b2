import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import './tooltip.css'

const hoverDelayMs = 500
const gap = 6
const margin = 8

/** What an element says in the tooltip: its `data-tip`, or its `data-tip-cut` while a part of its text does not fit. */
function tipOf(element: HTMLElement): string {
  const { tip, tipCut } = element.dataset
  if (tip !== undefined) return tip
  const isCut = [element, ...element.children].some((part) => part.scrollWidth > part.clientWidth + 1)
  return isCut ? (tipCut ?? '') : ''
}

/**
 * The window's one tooltip, mounted once: it shows the `data-tip` of what the pointer rests on or the keyboard is at. An
 * attribute costs a row nothing, and a thousand rows need no thousand components.
 */
export function TooltipLayer(): ReactNode {
  const [target, setTarget] = useState<HTMLElement | null>(null)
  const box = useRef<HTMLDivElement>(null)

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const tipped = (node: EventTarget | null): HTMLElement | null =>
      node instanceof Element ? node.closest<HTMLElement>('[data-tip], [data-tip-cut]') : null
    const hide = (): void => {
      clearTimeout(timer)
      setTarget(null)
    }
    const onOver = (event: PointerEvent): void => {
      const found = tipped(event.target)
      clearTimeout(timer)
      if (found === null) setTarget(null)
      else timer = setTimeout(() => setTarget(found), hoverDelayMs)
    }
    const onFocus = (event: FocusEvent): void => {
      const found = tipped(event.target)
      if (found?.matches(':focus-visible') === true && found === event.target) setTarget(found)
      else setTarget(null)
    }
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') hide()
    }
    const listeners = new AbortController()
    const options = { capture: true, passive: true, signal: listeners.signal }
    document.addEventListener('pointerover', onOver, options)
    document.addEventListener('pointerdown', hide, options)
    document.addEventListener('focusin', onFocus, options)
    document.addEventListener('focusout', hide, options)
    document.addEventListener('scroll', hide, options)
    document.addEventListener('keydown', onKey, options)
    return () => {
      clearTimeout(timer)
      listeners.abort()
    }
  }, [])

  useLayoutEffect(() => {
    if (target === null || box.current === null) return
    const at = target.getBoundingClientRect()
    const own = box.current.getBoundingClientRect()
    const below = at.bottom + gap
    const top = below + own.height > window.innerHeight - margin ? at.top - gap - own.height : below
    const left = Math.min(
      Math.max(margin, at.left + at.width / 2 - own.width / 2),
      window.innerWidth - margin - own.width,
    )
    box.current.style.top = `${Math.max(margin, top)}px`
    box.current.style.left = `${left}px`
  }, [target])

  const text = target?.isConnected === true ? tipOf(target) : ''
  if (text === '') return null
  return (
    <div ref={box} className="tooltip" role="presentation">
      {text}
    </div>
  )
}
