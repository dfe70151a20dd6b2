import { failure } from '../../app/domain/errors.ts'
import type { Op } from '../providers/provider.ts'

/**
 * Runs a question to a provider that must be answered within `limitMs`, and gives it up at `stop`. Settles in time even when
 * the provider does not listen to its signal: one that hangs must not hold up anybody.
 */
export function withLimit<T>(
  job: (op: Op) => Promise<T>,
  { tool, limitMs, stop }: { readonly tool: string; readonly limitMs: number; readonly stop: AbortSignal },
): Promise<T> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController()
    const end = (): void => {
      clearTimeout(timer)
      stop.removeEventListener('abort', cancel)
    }
    const cancel = (): void => {
      end()
      reject(failure('cancelled', { key: 'error.cancelled' }))
      controller.abort()
    }
    const timer = setTimeout(() => {
      end()
      reject(
        failure(
          'timeout',
          { key: 'error.timeout', params: { tool, seconds: Math.round(limitMs / 1000) } },
          { hint: { key: 'error.timeout.hint' } },
        ),
      )
      controller.abort()
    }, limitMs)
    if (stop.aborted) return cancel()
    stop.addEventListener('abort', cancel, { once: true })
    // Called inside a promise, so that a provider that throws at once is no different.
    Promise.resolve()
      .then(() => job({ signal: controller.signal, progress: () => {}, record: () => {} }))
      .then(resolve, reject)
      .finally(end)
  })
}
