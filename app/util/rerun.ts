/**
 * Runs a job whenever it is asked for, never twice at the same time: whoever asks during a run gets the next one, which begins
 * after their asking and is shared by all who ask meanwhile.
 */
export function createRerun(job: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null

  const begin = (): Promise<void> => {
    const run = job().finally(() => {
      if (running === run) running = null
    })
    running = run
    return run
  }

  return () => {
    if (running === null) return begin()
    const after = (): Promise<void> => {
      next = null
      return begin()
    }
    next ??= running.then(after, after)
    return next
  }
}
