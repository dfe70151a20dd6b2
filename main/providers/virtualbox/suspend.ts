import { failure } from '../../../app/domain/errors.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { SuspendOps } from '../provider.ts'
import * as commands from './commands.ts'
import type { ObservedState } from './entry.ts'
import { wrongState } from './power.ts'
import { type ProviderContext, runOnMachine } from './provider-context.ts'
import { requireMemoryRoom } from './room.ts'
import { isResting } from './states.ts'

/** Writing a machine's memory takes as long as its disk does. */
const saveMs = 30 * 60_000
const settleMs = 30_000

const isSaved = ({ word }: ObservedState): boolean => word === 'saved' || word === 'aborted-saved'

export function createSuspend(context: ProviderContext): SuspendOps {
  const { inventory } = context
  return {
    async suspend(id, op) {
      const seen = await inventory.look(id, op)
      throwIfCancelled(op)
      if (seen === null) throw failure('not-found', { key: 'error.machineGone' })
      const { entry, observedState } = seen
      if (isSaved(observedState)) return
      if (observedState.word !== 'running' && observedState.word !== 'paused') throw wrongState(observedState)
      await requireMemoryRoom(context, await inventory.get(id))
      throwIfCancelled(op)
      await inventory.withTransientState(entry, 'suspending', async () => {
        const isNowSaved = async (): Promise<boolean> => {
          const now = await inventory.look(id, op)
          return now !== null && isSaved(now.observedState)
        }
        const saving = runOnMachine(context, entry, commands.control(entry.uuid, 'savestate'), op, {
          timeoutMs: saveMs,
          onFraction: (fraction) => op.progress({ text: null, fraction }),
          isDone: isNowSaved,
        })
        await saving.catch(async (thrown: unknown) => {
          // It may have saved all the same, and is asked so once its settings have not told for a while.
          await inventory.until(id, ({ word }) => word !== 'saving', op, settleMs)
          if (!(await isNowSaved())) throw thrown
        })
        await inventory.until(id, isSaved, op, settleMs)
      })
    },
    async discard(id, op) {
      const { entry } = await inventory.get(id)
      const isGone = (observedState: ObservedState): boolean => !isSaved(observedState)
      const before = inventory.observedState(entry)
      if (!isSaved(before) && isResting(before.word)) return
      if (!isSaved(before)) throw wrongState(before)
      await runOnMachine(context, entry, commands.discardState(entry.uuid), op, {
        isDone: async () => {
          const now = await inventory.look(id, op)
          return now !== null && isGone(now.observedState)
        },
      })
      await inventory.until(id, isGone, op, settleMs)
      inventory.publish(entry)
    },
  }
}
