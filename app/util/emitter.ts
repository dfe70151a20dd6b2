export interface Emitter<T> {
  readonly on: (listener: (value: T) => void) => () => void
  readonly emit: (value: T) => void
  readonly size: () => number
}

/**
 * A list of listeners, called in the order they came. One that throws does not keep the others from being called; its error
 * goes to `onError`. A listener removed during an emit is not called any more.
 */
export function createEmitter<T>(onError: (error: unknown) => void = () => {}): Emitter<T> {
  const listeners = new Set<(value: T) => void>()
  return {
    on(listener) {
      // A wrapper, so that the same function may listen twice and each removal takes one away.
      const own = (value: T): void => listener(value)
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    emit(value) {
      for (const listener of [...listeners]) {
        if (!listeners.has(listener)) continue
        try {
          listener(value)
        } catch (error) {
          onError(error)
        }
      }
    },
    size: () => listeners.size,
  }
}
