import { type ReactNode, useEffect, useLayoutEffect, useReducer, useRef, useState } from 'react'
import { type Explanation, onExplanation } from './explanation.ts'
import './tooltip.css'

const hoverDelayMs = 500
const gap = 6
const margin = 8

const tipped = '[data-tip], [data-tip-cut], .cut'

/**
 * What an element says in the tooltip: its `data-tip`, else its whole text while a part of it does not fit. `data-tip-cut` is
 * that text where it is not the element's own.
 */
function tipOf(element: HTMLElement): string {
  const { tip, tipCut } = element.dataset
  if (tip !== undefined) return tip
  const isCut = [element, ...element.children].some((part) => part.scrollWidth > part.clientWidth + 1)
  return isCut ? (tipCut ?? element.innerText) : ''
}

/** The nearest element that has something to say: text that is whole leaves the word to what it stands in. */
function speakerAt(element: HTMLElement): HTMLElement | null {
  let at: HTMLElement | null = element
  while (at !== null && tipOf(at) === '') at = at.parentElement?.closest<HTMLElement>(tipped) ?? null
  return at
}

/**
 * The window's one tooltip, mounted once: it shows the `data-tip` of what the pointer rests on or the keyboard is at. An
 * attribute costs a row nothing, and a thousand rows need no thousand components.
 */
export function TooltipLayer(): ReactNode {
  const [target, setTarget] = useState<HTMLElement | null>(null)
  const [explanation, setExplanation] = useState<Explanation | null>(null)
  const [, drawAgain] = useReducer((count: number) => count + 1, 0)
  const box = useRef<HTMLDivElement>(null)

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const tippedAt = (node: EventTarget | null): HTMLElement | null =>
      node instanceof Element ? node.closest<HTMLElement>(tipped) : null
    const hide = (): void => {
      clearTimeout(timer)
      setTarget(null)
      setExplanation(null)
    }
    const onOver = (event: PointerEvent): void => {
      const found = tippedAt(event.target)
      clearTimeout(timer)
      if (found === null) setTarget(null)
      else timer = setTimeout(() => setTarget(speakerAt(found)), hoverDelayMs)
    }
    const onFocus = (event: FocusEvent): void => {
      const found = tippedAt(event.target)
      if (found?.matches(':focus-visible') === true && found === event.target) setTarget(found)
      else setTarget(null)
    }
    const onKey = (event: KeyboardEvent): void => {
      // An explanation has been read when the person goes on; the key that led to it comes before it.
      setExplanation(null)
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
    const offExplanations = onExplanation((next) => {
      clearTimeout(timer)
      setTarget(null)
      setExplanation(next)
    })
    return () => {
      clearTimeout(timer)
      listeners.abort()
      offExplanations()
    }
  }, [])

  // What it says follows its element: a reason that is over is no longer shown, nor one whose element is gone.
  useEffect(() => {
    if (target === null) return
    const observer = new MutationObserver(() => {
      if (target.isConnected) drawAgain()
      else setTarget(null)
    })
    observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ['data-tip', 'data-tip-cut'] })
    return () => observer.disconnect()
  }, [target])

  useLayoutEffect(() => {
    const anchor = explanation?.at ?? target
    if (anchor === null || box.current === null) return
    const at = anchor.getBoundingClientRect()
    const own = box.current.getBoundingClientRect()
    const below = at.bottom + gap
    const top = below + own.height > window.innerHeight - margin ? at.top - gap - own.height : below
    const left = Math.min(
      Math.max(margin, at.left + at.width / 2 - own.width / 2),
      window.innerWidth - margin - own.width,
    )
    box.current.style.top = `${Math.max(margin, top)}px`
    box.current.style.left = `${left}px`
  })

  const text = explanation?.text ?? (target?.isConnected === true ? tipOf(target) : '')
  return (
    <>
      <div className="visually-hidden" role="alert">
        {explanation?.text}
      </div>
      {text !== '' && (
        <div ref={box} className="tooltip" role="presentation">
          {text}
        </div>
      )}
    </>
  )
}
