/** Starts a timer and returns how to stop it. Passed in because this layer has no clock of its own. */
export type Schedule = (job: () => void, delayMs: number) => () => void

/** Joins many calls into one: the first starts the delay, the job runs once at its end. `flush` runs a waiting job now. */
export function coalesce(
  job: () => void,
  delayMs: number,
  schedule: Schedule,
): { readonly request: () => void; readonly flush: () => void; readonly cancel: () => void } {
  let stop: (() => void) | null = null
  const cancel = (): void => {
    stop?.()
    stop = null
  }
  const run = (): void => {
    stop = null
    job()
  }
  return {
    request() {
      stop ??= schedule(run, delayMs)
    },
    flush() {
      if (stop === null) return
      cancel()
      job()
    },
    cancel,
  }
}
