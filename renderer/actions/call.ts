import type { Client } from '../../app/contract/client.ts'
import { type AppError, errorOf, failure, isCancelled } from '../../app/domain/errors.ts'
import type { TaskId } from '../../app/domain/ids.ts'
import type { TaskVerb } from '../../app/domain/task.ts'
import { currentClient, firstClient, hasConnected } from '../store/connect.ts'
import { setUi } from '../store/store.ts'

/**
 * Asks main. Rejects with a `Failure`, `unreachable` when the line is down. Before there ever was a line it waits for the first: the
 * page shows the machines of last time already.
 */
export const call: Client['call'] = (...args) => {
  const client = currentClient()
  if (client !== null) return client.call(...args)
  if (!hasConnected()) return firstClient.then((first) => first.call(...args))
  return Promise.reject(failure('unreachable', { key: 'error.line' }, { hint: { key: 'error.line.hint' } }))
}

/**
 * Does what a person asked for; a failure becomes a card at its place (`machine:ID`, `endpoint:ID`, `settings`, `window`)
 * and the answer is null. `verb` names in the card's title what was asked for. Success takes an older card of that place away.
 * Being cancelled is no failure.
 */
export async function attempt<T>(
  place: string,
  work: () => Promise<T>,
  verb: TaskVerb | null = null,
): Promise<T | null> {
  try {
    const answer = await work()
    clearFailure(place)
    return answer
  } catch (thrown) {
    if (!isCancelled(thrown)) showFailure(place, errorOf(thrown), null, verb)
    return null
  }
}

/**
 * Asks what nobody pressed a button for, as a page does to draw itself: a failure becomes a card as in `attempt`, and an older
 * card stays, since nothing of it was put right.
 */
export async function attemptUnasked<T>(place: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (thrown) {
    if (!isCancelled(thrown)) showFailure(place, errorOf(thrown), null)
    return null
  }
}

export function showFailure(place: string, error: AppError, taskId: TaskId | null, verb: TaskVerb | null = null): void {
  const failure = { error, at: new Date().toISOString(), taskId, verb }
  setUi(({ failures }) => ({ failures: { ...failures, [place]: failure } }))
}

export function clearFailure(place: string): void {
  setUi(({ failures }) => {
    if (!(place in failures)) return {}
    const { [place]: _gone, ...rest } = failures
    return { failures: rest }
  })
}
