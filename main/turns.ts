/** Long work takes turns with everything else on the event loop, so that no window waits for it. */
const turnMs = 15

const waiting: (() => void)[] = []

/** One waiter in each round of the event loop: all of them in one round would be one long turn. */
function wakeNext(): void {
  waiting.shift()?.()
  if (waiting.length > 0) setImmediate(wakeNext)
}

function nextRound(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve)
    if (waiting.length === 1) setImmediate(wakeNext)
  })
}

/** The turns of one piece of work: `if (turns.isOver()) await turns.next()` in its loop. */
export function createTurns(): { isOver(): boolean; next(): Promise<void> } {
  let startedMs = performance.now()
  return {
    isOver: () => performance.now() - startedMs > turnMs,
    async next() {
      await nextRound()
      startedMs = performance.now()
    },
  }
}
