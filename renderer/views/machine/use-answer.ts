import { useCallback, useEffect, useState } from 'react'
import { type AppError, errorOf } from '../../../app/domain/errors.ts'

/** An answer of main's: null until it came. After a failure the last value stays beside the error. */
export interface Answer<T> {
  readonly value: T | null
  readonly error: AppError | null
  readonly again: () => void
}

/**
 * Asks when shown, and again whenever `key` changes; a value of another `subject` is never shown. `ask` may be a new function
 * at each drawing: the key decides.
 */
export function useAnswer<T>(subject: string, key: string, ask: () => Promise<T>): Answer<T> {
  const [state, setState] = useState<{ subject: string; value: T | null; error: AppError | null }>({
    subject,
    value: null,
    error: null,
  })
  const [count, setCount] = useState(0)
  const again = useCallback(() => setCount((before) => before + 1), [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` and `count` decide when to ask, not the function
  useEffect(() => {
    let isStale = false
    ask().then(
      (value) => !isStale && setState({ subject, value, error: null }),
      (thrown: unknown) =>
        !isStale &&
        setState((before) => ({
          subject,
          value: before.subject === subject ? before.value : null,
          error: errorOf(thrown),
        })),
    )
    return () => {
      isStale = true
    }
  }, [subject, key, count])
  const isCurrent = state.subject === subject
  return { value: isCurrent ? state.value : null, error: isCurrent ? state.error : null, again }
}
