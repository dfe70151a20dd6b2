/** How long after the last sign of a flood things move smoothly again. */
const calmMs = 1_000

/**
 * While a terminal is flooded, what turns in the window turns in steps: where no graphics card draws, each of its frames takes
 * time away from the terminal. To be told whenever the flood shows; it ends by itself.
 */
export function createCoarseMotion(mark: (isCoarse: boolean) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null
  let untilMs = 0
  const look = (): void => {
    const leftMs = untilMs - performance.now()
    if (leftMs > 0) {
      timer = setTimeout(look, leftMs)
      return
    }
    timer = null
    mark(false)
  }
  return () => {
    untilMs = performance.now() + calmMs
    if (timer !== null) return
    mark(true)
    timer = setTimeout(look, calmMs)
  }
}

/** The window's own. Its style sheet knows the class. */
export const coarseMotion = createCoarseMotion((isCoarse) =>
  document.documentElement.classList.toggle('is-coarse', isCoarse),
)
