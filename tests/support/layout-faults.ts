import type { Page } from 'playwright-core'

/**
 * What is wrong with how the page is laid out, in words; empty when nothing is: text over text, text that is cut off or
 * sticks out of its box, controls that no scrolling brings into view, fields narrower than what they say.
 */
export function layoutFaults(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    interface Box {
      readonly left: number
      readonly top: number
      readonly right: number
      readonly bottom: number
    }
    const faults = new Set<string>()
    const describe = (element: Element): string => {
      const text = (element.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 40)
      const own = [...element.classList].slice(0, 2).map((name) => `.${name}`)
      const parent = [...(element.parentElement?.classList ?? [])].slice(0, 1).map((name) => `.${name} > `)
      return `${parent.join('')}${element.localName}${own.join('')} “${text}”`
    }
    const say = (what: string, element: Element): void => void faults.add(`${what}: ${describe(element)}`)

    /** Floating things, each with the planes below it left to themselves. */
    const layers = '.dialog, .palette, .popover, .menu, .tooltip, .plane-sidebar-over, .state-notices, .selection-place'
    const modals = [...document.querySelectorAll('.dialog, .palette, .plane-sidebar-over')]
    const root = modals.at(-1) ?? document.body
    const layerOf = (element: Element): Element => element.closest(layers) ?? document.body
    // What a program draws, and what is drawn over a picture on purpose, has its own rules.
    const ignored = '.xterm, .screen-canvas, .display pre, .preview, .visually-hidden, option, svg'

    const scrolls = (value: string): boolean => value === 'auto' || value === 'scroll'
    const hides = (value: string): boolean => value === 'hidden' || value === 'clip'
    const isSeen = (element: Element): boolean => {
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false
      const { clipPath, position } = getComputedStyle(element)
      return !(position === 'absolute' && clipPath === 'inset(50%)')
    }

    /** The ancestors that clip an element, nearest first; what is positioned is not clipped by what it is not placed in. */
    function* clippers(element: Element): Generator<Element> {
      let { position } = getComputedStyle(element)
      for (let at: Element | null = element.parentElement; at !== null && position !== 'fixed'; at = at.parentElement) {
        const style = getComputedStyle(at)
        const isPlaced = style.position !== 'static' || style.transform !== 'none'
        if (position === 'absolute' && !isPlaced) continue
        yield at
        position = style.position
      }
    }

    const cutBy = (box: Box, clip: Box): Box => ({
      left: Math.max(box.left, clip.left),
      top: Math.max(box.top, clip.top),
      right: Math.min(box.right, clip.right),
      bottom: Math.min(box.bottom, clip.bottom),
    })
    const innerBox = (element: Element): Box => {
      const { left, top } = element.getBoundingClientRect()
      const x = left + element.clientLeft
      const y = top + element.clientTop
      return { left: x, top: y, right: x + element.clientWidth, bottom: y + element.clientHeight }
    }
    const isBoxed = (style: CSSStyleDeclaration): boolean =>
      style.display !== 'inline' &&
      (style.borderLeftWidth !== '0px' || style.boxShadow !== 'none') &&
      style.borderLeftStyle !== 'hidden'

    // Text: whole within what cuts it, inside the box it stands in, and not over other text.
    const pieces: { readonly element: Element; readonly layer: Element; readonly box: Box }[] = []
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement
      if (element === null || (node.nodeValue ?? '').trim() === '') continue
      if (element.closest(ignored) !== null || !isSeen(element)) continue
      const range = document.createRange()
      range.selectNodeContents(node)
      for (const rect of range.getClientRects()) {
        if (rect.width < 1) continue
        let box: Box = { left: rect.left, top: rect.top, right: rect.right, bottom: rect.bottom }
        // What an ellipsis ends is where it ends for all that is around.
        let isCutBelow = false
        let isGone = false
        const around: readonly Element[] = [element, ...clippers(element)]
        for (const at of around) {
          const style = getComputedStyle(at)
          const clip = innerBox(at)
          const isOutX = !isCutBelow && (rect.right > clip.right + 1.5 || rect.left < clip.left - 1.5)
          const isOutY = rect.bottom > clip.bottom + 2.5 || rect.top < clip.top - 2.5
          if (scrolls(style.overflowX) || scrolls(style.overflowY)) {
            box = cutBy(box, clip)
            isGone = true
          } else if (hides(style.overflowX) || hides(style.overflowY)) {
            if (isOutX && !isGone) {
              const isCutOnPurpose = style.textOverflow === 'ellipsis' || style.maskImage !== 'none'
              isCutBelow = isCutOnPurpose
              if (!isCutOnPurpose) say('cut off at its side', element)
              else if (at.closest('[data-tip], [data-tip-cut], .cut') === null)
                say('cut off without a way to read the rest', element)
              else if (clip.right - clip.left < 2.5 * Number.parseFloat(style.fontSize))
                say('cut down to nothing', element)
            }
            if (isOutY && !isGone && at !== element) say('cut off above or below', element)
            box = cutBy(box, clip)
          } else if (at !== element && !isGone && isBoxed(style) && (isOutX || isOutY))
            say('sticks out of its box', element)
          if (at === layerOf(element)) break
        }
        box = cutBy(box, { left: 0, top: 0, right: window.innerWidth, bottom: window.innerHeight })
        if (box.right - box.left > 1 && box.bottom - box.top > 1) pieces.push({ element, layer: layerOf(element), box })
      }
    }
    const overlap = (one: Box, other: Box): boolean => {
      const width = Math.min(one.right, other.right) - Math.max(one.left, other.left)
      const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top)
      const least = Math.min(one.bottom - one.top, other.bottom - other.top)
      return width > 2 && height > 0.3 * least
    }
    for (const [index, one] of pieces.entries()) {
      for (const other of pieces.slice(index + 1)) {
        if (one.layer !== other.layer || one.element === other.element || !overlap(one.box, other.box)) continue
        if (one.element.contains(other.element) || other.element.contains(one.element)) {
          // A line of a sentence and a part of it in its own element share no place either.
          if (one.box.left < other.box.right - 4 && other.box.left < one.box.right - 4) say('overlaps', other.element)
          continue
        }
        faults.add(`overlap: ${describe(one.element)} and ${describe(other.element)}`)
      }
    }

    // Controls: in view, or brought there by scrolling; none over another or over text.
    const controls = [
      ...root.querySelectorAll<HTMLElement>(
        'button, a[href], input, select, textarea, [role="tab"], [role="menuitem"]',
      ),
    ].filter((element) => element.closest(ignored) === null && isSeen(element))
    const seen: { readonly element: HTMLElement; readonly layer: Element; readonly box: Box }[] = []
    for (const element of controls) {
      const rect = element.getBoundingClientRect()
      if (rect.width === 0) continue
      let box: Box = rect
      let width = rect.width
      let height = rect.height
      let isScrolled = false
      let reachable: Box = rect
      for (const at of clippers(element)) {
        const style = getComputedStyle(at)
        const clip = innerBox(at)
        if (scrolls(style.overflowX) || scrolls(style.overflowY)) {
          isScrolled = true
          width = Math.min(width, clip.right - clip.left)
          height = Math.min(height, clip.bottom - clip.top)
          // Somewhere within it, once it is scrolled there.
          reachable = clip
          box = cutBy(box, clip)
        } else if (hides(style.overflowX) || hides(style.overflowY)) {
          reachable = cutBy(reachable, clip)
          box = cutBy(box, clip)
        }
      }
      const view = { left: 0, top: 0, right: window.innerWidth, bottom: window.innerHeight }
      reachable = cutBy(reachable, view)
      box = cutBy(box, view)
      if (
        reachable.right - reachable.left < 0.95 * width - 0.5 ||
        reachable.bottom - reachable.top < 0.95 * height - 0.5
      )
        say(isScrolled ? 'cannot be scrolled into view' : 'out of view', element)
      if (box.right - box.left > 2 && box.bottom - box.top > 2) seen.push({ element, layer: layerOf(element), box })
    }
    for (const [index, one] of seen.entries()) {
      for (const other of seen.slice(index + 1)) {
        if (one.layer !== other.layer || !overlap(one.box, other.box)) continue
        if (one.element.contains(other.element) || other.element.contains(one.element)) continue
        faults.add(`controls overlap: ${describe(one.element)} and ${describe(other.element)}`)
      }
      for (const text of pieces) {
        if (one.layer !== text.layer || !overlap(one.box, text.box)) continue
        if (one.element.contains(text.element) || text.element.contains(one.element)) continue
        // A box that is clicked by its words lies under them.
        if (one.element.closest('label')?.contains(text.element) === true) continue
        faults.add(`under a control: ${describe(text.element)} under ${describe(one.element)}`)
      }
    }

    // Fields: as wide as what they say.
    const context = document.createElement('canvas').getContext('2d')
    const widthOf = (text: string, element: Element): number => {
      const { fontStyle, fontWeight, fontSize, fontFamily } = getComputedStyle(element)
      if (context === null) return 0
      context.font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`
      return context.measureText(text).width
    }
    for (const element of controls) {
      const style = getComputedStyle(element)
      const room = element.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight)
      if (element instanceof HTMLSelectElement) {
        const text = element.selectedOptions[0]?.textContent ?? ''
        if (widthOf(text, element) > room + 1) faults.add(`narrower than its choice “${text}”: ${describe(element)}`)
      } else if (element instanceof HTMLInputElement && !['radio', 'checkbox', 'range'].includes(element.type)) {
        const placeholder = getComputedStyle(element, '::placeholder')
        if (context !== null)
          context.font = `${placeholder.fontWeight} ${placeholder.fontSize} ${placeholder.fontFamily}`
        const hint = element.value === '' ? (context?.measureText(element.placeholder).width ?? 0) : 0
        const name = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? ''
        if (hint > room + 1) faults.add(`narrower than its hint “${element.placeholder}”: ${Math.round(room)} px`)
        if (element.inputMode === 'numeric' && widthOf(element.value, element) > room + 1)
          faults.add(`narrower than its number “${element.value}”: ${name}`)
        if (room < 4.5 * Number.parseFloat(style.fontSize) && element.inputMode !== 'numeric')
          faults.add(`a field of ${Math.round(room)} px: ${name}`)
      }
    }

    // Panes: none scrolls sideways, and what scrolls shows more than a line.
    for (const element of root.querySelectorAll<HTMLElement>('*')) {
      if (element.closest('.xterm, .preview, .display, textarea') !== null || !isSeen(element)) continue
      const style = getComputedStyle(element)
      const { width, height } = element.getBoundingClientRect()
      if (element.matches('.icon, .mark') && width > 0 && Math.abs(width - height) > 1.5)
        say('squeezed', element.parentElement ?? element)
      if (!scrolls(style.overflowY) && !scrolls(style.overflowX)) continue
      const isTabs = element.matches('.tabs, .dock-tabs, pre')
      if (element.scrollWidth > element.clientWidth + 1 && scrolls(style.overflowX) && !isTabs)
        say('scrolls sideways', element)
      if (element.scrollHeight > element.clientHeight + 1 && scrolls(style.overflowY) && !isTabs) {
        const lines = element.clientHeight / Number.parseFloat(style.fontSize)
        if (lines < 4) say(`scrolls in ${Math.round(element.clientHeight)} px`, element)
      }
    }
    const page = document.documentElement
    if (page.scrollWidth > window.innerWidth + 1) faults.add(`the window scrolls sideways: ${page.scrollWidth} px`)
    return [...faults]
  })
}
