/** How long other terminals stand back after a key at most: an echo that takes longer is not held up by them. */
const standBackMs = 30
/** Somebody whose last key is no longer ago is still typing. */
const typingMs = 1_000

/**
 * Whoever types waits for the echo of each key; whoever watches a flood waits for nothing in particular. So after a key the
 * other terminals of this window take nothing in and draw nothing until the echo is on screen, or a moment has passed.
 */
export interface Precedence {
  /** A key went out from this terminal. */
  typed(terminal: object): void
  /** This terminal has taken in what came: what was waited for, when it is the one that is typed in. */
  shown(terminal: object): void
  /** Whether this terminal is to stand back now; `goOn` is called once when it need not any more. */
  mustWait(terminal: object, goOn: () => void): boolean
  /** Whether somebody types in another terminal: what this one does at a time then is little, for the next key is near. */
  isTypedElsewhere(terminal: object): boolean
}

export function createPrecedence(): Precedence {
  let first: object | null = null
  let last: object | null = null
  let lastTimer: ReturnType<typeof setTimeout> | undefined
  let timer: ReturnType<typeof setTimeout> | null = null
  let rest: ReturnType<typeof setTimeout> | null = null
  let waiting: (() => void)[] = []

  const release = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    first = null
    const released = waiting
    waiting = []
    for (const goOn of released) goOn()
  }

  return {
    typed(terminal) {
      last = terminal
      clearTimeout(lastTimer)
      lastTimer = setTimeout(() => {
        last = null
      }, typingMs)
      // Keys that nothing answers, as the pointer's moves may be, leave the others half of the time.
      if (timer !== null || rest !== null) return
      first = terminal
      timer = setTimeout(() => {
        rest = setTimeout(() => {
          rest = null
        }, standBackMs)
        release()
      }, standBackMs)
    },
    shown(terminal) {
      if (terminal === first) release()
    },
    mustWait(terminal, goOn) {
      if (first === null || first === terminal) return false
      waiting.push(goOn)
      return true
    },
    isTypedElsewhere(terminal) {
      return last !== null && last !== terminal
    },
  }
}

/** That of this window. */
export const windowPrecedence = createPrecedence()
