/** Runs jobs one after another per key; different keys run side by side. A failed job does not stop the next. */
export interface Serial {
  readonly run: <T>(key: string, job: () => Promise<T>) => Promise<T>
  /** Whether something runs or waits under this key. */
  readonly isBusy: (key: string) => boolean
}

export function createSerial(): Serial {
  const tails = new Map<string, Promise<unknown>>()
  return {
    run(key, job) {
      const before = tails.get(key) ?? Promise.resolve()
      const result = before.then(job, job)
      const tail = result.then(
        () => {},
        () => {},
      )
      tails.set(key, tail)
      void tail.then(() => {
        if (tails.get(key) === tail) tails.delete(key)
      })
      return result
    },
    isBusy: (key) => tails.has(key),
  }
}
