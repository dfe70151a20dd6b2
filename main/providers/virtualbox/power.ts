import { errorOf, type Failure, failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { Op, PauseOps, PowerOps, ResetOps, RestartOps } from '../provider.ts'
import * as commands from './commands.ts'
import { hasOwnSerial } from './configure.ts'
import type { Entry, ObservedState } from './entry.ts'
import { isStoppedByFullDisk } from './machine.ts'
import { type ProviderContext, runOnMachine } from './provider-context.ts'
import { prepareSerialFolder } from './serial-path.ts'
import { explainedStart } from './start-failure.ts'
import { isResting } from './states.ts'
import { withheldWindow } from './window.ts'

/** How long a guest is given before it is said that it has not answered. It is waited for longer all the same. */
const shutDownMs = 60_000
/** From the tool's answer to the state it promised. */
const settleMs = 30_000
/** A machine that does not let itself be switched off in this time has its process ended. */
const powerOffMs = 20_000

const isRunning = ({ word }: ObservedState): boolean => word === 'running'
const isOff = ({ word }: ObservedState): boolean => isResting(word)

export function createPower(context: ProviderContext): PowerOps & ResetOps & RestartOps & PauseOps {
  const { inventory } = context

  /** The machine, and its state by a look that the tool agrees with. */
  const lookAt = async (id: MachineId, op: Op): Promise<{ entry: Entry; observedState: ObservedState }> => {
    await context.displays.settled(id)
    const seen = await inventory.look(id, op)
    throwIfCancelled(op)
    if (seen === null) throw failure('not-found', { key: 'error.machineGone' })
    // Throws what keeps an inaccessible machine from being used.
    if (seen.entry.problem !== null) await inventory.get(id)
    return seen
  }
  const isNow =
    (id: MachineId, op: Op, check: (observedState: ObservedState) => boolean) => async (): Promise<boolean> => {
      const seen = await inventory.look(id, op)
      return seen !== null && check(seen.observedState)
    }
  /** Gives a command unless its end is reached already, and settles when the state says that it is. */
  const reach = async (
    id: MachineId,
    args: readonly string[],
    isThere: (observedState: ObservedState) => boolean,
    op: Op,
    entry: Entry,
  ): Promise<void> => {
    await runOnMachine(context, entry, args, op, { isDone: isNow(id, op, isThere) })
    await inventory.until(id, isThere, op, settleMs)
  }

  const resume = async (id: MachineId, entry: Entry, op: Op): Promise<void> => {
    const before = inventory.observedState(entry).since
    // It runs for a moment, and stands still again where the guest writes on a disk that is still full.
    const isStill = (observedState: ObservedState): boolean =>
      isStoppedByFullDisk(observedState) && observedState.since !== before
    await runOnMachine(context, entry, commands.control(entry.uuid, 'resume'), op, { isDone: isNow(id, op, isRunning) })
    const observedState = await inventory.until(id, (now) => isRunning(now) || isStill(now), op, settleMs)
    if (isRunning(observedState)) return
    throw failure('no-space', { key: 'virtualbox.error.noSpace' }, { hint: { key: 'virtualbox.error.noSpace.hint' } })
  }

  /** In a window of VirtualBox's own where the machine is set to have one and there is a program for it, else without. */
  async function launch(id: MachineId, entry: Entry, op: Op): Promise<void> {
    await context.displays.beforeStart(entry)
    // VirtualBox does not start a machine whose serial line has no folder, and the folder may have gone since the machine was made.
    if (entry.settings !== null && hasOwnSerial(context, entry.settings))
      await prepareSerialFolder(context.host, entry.uuid)
    const isDone = isNow(id, op, isRunning)
    const wanted = entry.settings?.defaultFrontEnd
    if ((wanted === 'gui' || wanted === 'separate') && (await withheldWindow(context)) === null) {
      try {
        await runOnMachine(context, entry, commands.start(entry.uuid, wanted), op, { isDone })
        return
      } catch (thrown) {
        if (errorOf(thrown).message.key !== 'virtualbox.error.noFrontEnd') throw thrown
      }
    }
    await runOnMachine(context, entry, commands.start(entry.uuid, 'headless'), op, { isDone })
  }

  async function start(id: MachineId, op: Op): Promise<void> {
    const { entry, observedState } = await lookAt(id, op)
    if (isRunning(observedState)) return
    if (observedState.word === 'paused') return resume(id, entry, op)
    if (!isResting(observedState.word) && observedState.word !== 'starting' && observedState.word !== 'restoring')
      throw wrongState(observedState)
    await inventory.withTransientState(entry, 'starting', async () => {
      try {
        await launch(id, entry, op)
      } catch (thrown) {
        throw explainedStart(thrown, context, entry)
      }
      if (op.signal.aborted) await powerOff(id, { ...op, signal: AbortSignal.timeout(settleMs) })
      throwIfCancelled(op)
      // One that is soon done, or was paused by its own settings, has started all the same.
      await inventory.until(id, ({ word }) => word !== 'starting' && word !== 'restoring', op, settleMs)
    })
  }

  async function shutDown(id: MachineId, op: Op): Promise<void> {
    const { entry, observedState } = await lookAt(id, op)
    if (isOff(observedState)) return
    await inventory.withTransientState(entry, 'stopping', async () => {
      // One that stands still cannot hear.
      if (observedState.word === 'paused') await resume(id, entry, op)
      await runOnMachine(context, entry, commands.control(entry.uuid, 'acpipowerbutton'), op, {
        isDone: isNow(id, op, isOff),
      })
      const since = context.host.now().toISOString()
      const tell = (unanswered: boolean): void =>
        op.progress({
          text: null,
          fraction: null,
          wait: { since, limitMs: shutDownMs, by: 'acpi', unanswered, killsAtLimit: false },
        })
      tell(false)
      const late = setTimeout(() => tell(true), shutDownMs)
      try {
        await inventory.until(id, isOff, op, null)
      } finally {
        clearTimeout(late)
      }
    })
  }

  async function powerOff(id: MachineId, op: Op): Promise<void> {
    const { entry, observedState } = await lookAt(id, op)
    if (isOff(observedState)) return
    await inventory.withTransientState(entry, 'stopping', async () => {
      try {
        await runOnMachine(context, entry, commands.control(entry.uuid, 'poweroff'), op, {
          timeoutMs: powerOffMs,
          isDone: isNow(id, op, isOff),
        })
      } catch (thrown) {
        if (op.signal.aborted || !endProcess(inventory.observedState(entry).pid)) throw thrown
      }
      await inventory.until(id, isOff, op, settleMs)
    })
  }

  return {
    start,
    shutDown,
    powerOff,
    async reset(id, op) {
      const { entry, observedState } = await lookAt(id, op)
      if (isOff(observedState)) throw wrongState(observedState)
      if (observedState.word === 'gurumeditation') {
        await context.displays.without(id, () => powerOff(id, op))
        return start(id, op)
      }
      if (observedState.word === 'paused') await resume(id, entry, op)
      await runOnMachine(context, entry, commands.control(entry.uuid, 'reset'), op)
      await inventory.until(id, isRunning, op, settleMs)
    },
    async restart(id, op) {
      await shutDown(id, op)
      await start(id, op)
    },
    async pause(id, op) {
      const { entry, observedState } = await lookAt(id, op)
      if (observedState.word === 'paused') return
      if (!isRunning(observedState)) throw wrongState(observedState)
      await reach(id, commands.control(entry.uuid, 'pause'), ({ word }) => word === 'paused', op, entry)
    },
    async resume(id, op) {
      const { entry, observedState } = await lookAt(id, op)
      if (isRunning(observedState)) return
      if (observedState.word !== 'paused') throw wrongState(observedState)
      await resume(id, entry, op)
    },
  }
}

export function wrongState({ word }: ObservedState): Failure {
  return failure(
    'wrong-state',
    { key: 'virtualbox.error.state' },
    { hint: { key: 'virtualbox.error.state.hint' }, detail: word },
  )
}

/** Ends a machine's process for good; SIGTERM would save its state instead. False when there is none. */
function endProcess(pid: number | null): boolean {
  try {
    return pid !== null && process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}
