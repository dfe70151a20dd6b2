/** How many places are kept: enough for dialogs over dialogs over a console. */
const maxPlaces = 16

interface Place {
  readonly element: WeakRef<HTMLElement>
  /** A row of the list stands for the list: when it is gone, its neighbour has the tab stop. */
  readonly isRow: boolean
}

/** Where the keyboard has been, the newest last. Weak: a place that is gone costs nothing. */
let places: readonly Place[] = []
let pressed: Node | null = null
/** The last button that the pointer pressed: it takes the keyboard where nothing else can, as on a page without a list. */
let pressedButton: WeakRef<HTMLElement> | null = null
let isGivingBack = false

/**
 * Follows the keyboard for as long as the window is open, so that `returnFocus` knows what had it before a popover, a menu or a
 * dialog. A button that is pressed by the pointer gets the focus from the browser but was not what the person was working in;
 * one that the keyboard went to was.
 */
export function followFocus(): () => void {
  const listeners = new AbortController()
  const options = { capture: true, passive: true, signal: listeners.signal }
  document.addEventListener(
    'pointerdown',
    (event) => {
      pressed = event.target instanceof Node ? event.target : null
    },
    options,
  )
  for (const end of ['pointerup', 'pointercancel', 'keydown'] as const) {
    document.addEventListener(
      end,
      () => {
        pressed = null
      },
      options,
    )
  }
  document.addEventListener(
    'focusin',
    ({ target }) => {
      if (!(target instanceof HTMLElement)) return
      const isPressedButton =
        pressed !== null && target.contains(pressed) && target.matches('button, [role="menuitem"]')
      if (isPressedButton) pressedButton = new WeakRef(target)
      else remember(target)
    },
    options,
  )
  document.addEventListener(
    'focusout',
    ({ relatedTarget }) => {
      // Where somebody clicks beside everything, or goes to another window, nothing was lost.
      if (relatedTarget !== null || pressed !== null) return
      // One frame is for what knows better where the keyboard goes: a dock that closes, a pane that makes way for another.
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          if (document.hasFocus() && isFocusFree()) returnFocus()
        }),
      )
    },
    options,
  )
  return () => listeners.abort()
}

/** Whether nothing has the keyboard: what had it is gone. */
export function isFocusFree(): boolean {
  return document.activeElement === null || document.activeElement === document.body
}

/** Whether the focus that comes now is given back by `returnFocus`: a console then takes its keys again. */
export function isReturningFocus(): boolean {
  return isGivingBack
}

/**
 * Gives the keyboard to what had it last and is still there; else to the list's row, else to the button that was pressed. That
 * button goes before a page's title, in which nobody works: it had the keyboard because the page was opened.
 */
export function returnFocus(): void {
  const row = document.querySelector<HTMLElement>('[data-pane="list"] [data-row][tabindex="0"]')
  // A list's tab stop may have moved on meanwhile, or its row be gone.
  const before = places
    .flatMap(({ element, isRow }) => (isRow ? (row ?? []) : (element.deref() ?? [])))
    .findLast(canTakeFocus)
  const button = pressedButton?.deref()
  const choice = button !== undefined && canTakeFocus(button) ? button : undefined
  const last = before?.matches('.page-title') ? (choice ?? before) : (before ?? row ?? choice)
  isGivingBack = true
  last?.focus({ preventScroll: true })
  isGivingBack = false
}

/** Gives the keyboard back after something that floated, unless the person has put it elsewhere meanwhile. */
export function returnFocusFrom(event: Event): void {
  event.preventDefault()
  if (isFocusFree()) returnFocus()
}

function remember(place: HTMLElement): void {
  const others = places.filter(({ element }) => element.deref() !== undefined && element.deref() !== place)
  const isRow = place.matches('[data-pane="list"] [data-row]')
  places = [...others, { element: new WeakRef(place), isRow }].slice(-maxPlaces)
}

function canTakeFocus(place: HTMLElement): boolean {
  // What is typed into an ended terminal goes nowhere.
  const isEnded = place.closest('[data-ended]') !== null
  return place.isConnected && place !== document.body && !isEnded && place.checkVisibility()
}
