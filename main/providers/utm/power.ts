import { type Failure, failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { unstoppable } from '../common/op.ts'
import type { Op, PauseOps, PowerOps, RestartOps } from '../provider.ts'
import { utmctlArguments } from './commands.ts'
import type { ObservedState } from './machine.ts'
import { type ProviderContext, pauseFor } from './provider-context.ts'
import { stateOf } from './states.ts'

/** How long a guest is given before it is said that it has not answered. It is waited for longer all the same. */
const shutDownMs = 60_000
/** Every look is a program: soon at first, less often the longer it takes. */
const firstPollMs = 500
const lastPollMs = 3_000
/** An Apple Event is answered when UTM has done it, or given up by macOS after two minutes. */
export const eventMs = 150_000
/** After the event was answered the state may still be on its way. */
const settleMs = 20_000
/** Per step of switching off: forced, then killed. */
const stopMs = 10_000

/** Switches a machine on, wakes it, or lets it go on. Settles when UTM says that it runs. */
export async function start(
  context: ProviderContext,
  { uuid, status }: Pick<ObservedState, 'uuid' | 'status'>,
  op: Op,
): Promise<void> {
  const { machineRegistry, tool } = context
  if (stateOf(status) === 'running') return
  // UTM refuses to be asked while something else is under way.
  if (status !== 'stopped' && status !== 'paused') {
    await machineRegistry.settles(uuid, (word) => ['stopped', 'paused', 'started'].includes(word), settleMs, op)
  }
  const error = await tool.tell(utmctlArguments.start(uuid), eventMs, op)
  await confirm(context, uuid, 'running', error, op)
}

/** Looks until the machine is in a state; otherwise throws why the command failed, or that it had no effect. */
export async function confirm(
  context: ProviderContext,
  uuid: string,
  state: 'running' | 'paused' | 'stopped',
  error: Failure | null,
  op: Op,
): Promise<void> {
  // A command that failed may have been late: one look more decides, not a wait.
  const limitMs = error === null ? settleMs : 0
  if (await context.machineRegistry.settles(uuid, (word) => stateOf(word) === state, limitMs, op)) return
  throw error ?? failure('wrong-state', { key: 'utm.error.noEffect' }, { hint: { key: 'utm.error.noEffect.hint' } })
}

/** At once: UTM's forced stop, then the end of its process. What is paused can only be ended. */
export async function powerOff(
  context: ProviderContext,
  { uuid, status }: Pick<ObservedState, 'uuid' | 'status'>,
  op: Op,
): Promise<void> {
  const { machineRegistry, tool } = context
  if (stateOf(status) === 'stopped') return
  const isOff = (word: string): boolean => stateOf(word) === 'stopped'
  let last: Failure | null = null
  for (const style of stateOf(status) === 'running' ? (['force', 'kill'] as const) : (['kill'] as const)) {
    last = await tool.tell(utmctlArguments.stop(uuid, style), eventMs, op)
    if (await machineRegistry.settles(uuid, isOff, last === null ? stopMs : 0, op)) return
  }
  const params = { tool: 'UTM', seconds: stopMs / 1000 }
  throw last ?? failure('timeout', { key: 'error.timeout', params }, { hint: { key: 'error.timeout.hint' } })
}

/** Asks the guest by its power button and waits until it is off, however long. */
async function shutDown(context: ProviderContext, observedState: ObservedState, op: Op): Promise<void> {
  const { uuid, status } = observedState
  const { machineRegistry, tool, host } = context
  if (stateOf(status) === 'stopped') return
  await machineRegistry.withTransientState(uuid, 'stopping', async () => {
    // A guest that stands still cannot hear.
    if (stateOf(status) !== 'running') await start(context, observedState, op)
    const since = host.now()
    const sinceMs = performance.now()
    const tell = (unanswered: boolean): void =>
      op.progress({
        text: null,
        fraction: null,
        wait: { since: since.toISOString(), limitMs: shutDownMs, by: 'acpi', unanswered, killsAtLimit: false },
      })
    const error = await tool.tell(utmctlArguments.stop(uuid, 'request'), eventMs, op)
    const isOff = (word: string): boolean => stateOf(word) === 'stopped'
    if (error !== null && !(await machineRegistry.settles(uuid, isOff, 0, op))) throw error
    tell(false)
    let isLate = false
    for (let waitMs = firstPollMs; !(await machineRegistry.settles(uuid, isOff, 0, op)); waitMs *= 1.1) {
      if (!isLate && performance.now() - sinceMs > shutDownMs) {
        isLate = true
        tell(true)
      }
      await pauseFor(Math.min(lastPollMs, waitMs), op)
    }
  })
}

export function createPower(context: ProviderContext): PowerOps & RestartOps & PauseOps {
  const { machineRegistry, tool } = context
  const running = async (id: MachineId, op: Op): Promise<ObservedState> => {
    const observedState = await machineRegistry.get(id, op)
    const state = stateOf(observedState.status)
    if (state === 'running' || state === 'paused') return observedState
    throw failure('wrong-state', {
      key: `why.state.${machineRegistry.machine(observedState).state}`,
      params: { name: observedState.name },
    })
  }
  return {
    async start(id, op) {
      const observedState = await machineRegistry.get(id, op)
      await start(context, observedState, op)
      await machineRegistry.publish(observedState.uuid, op, 'started')
    },
    async shutDown(id, op) {
      await shutDown(context, await machineRegistry.get(id, op), op)
    },
    async powerOff(id, op) {
      const observedState = await machineRegistry.get(id, op)
      await machineRegistry.withTransientState(observedState.uuid, 'stopping', () =>
        powerOff(context, observedState, op),
      )
    },
    async restart(id, op) {
      await shutDown(context, await machineRegistry.get(id, op), op)
      await start(context, await machineRegistry.get(id, op), op)
    },
    async pause(id, op) {
      const { uuid, status } = await running(id, op)
      if (stateOf(status) === 'paused') return
      const error = await tool.tell(utmctlArguments.suspend(uuid, { save: false }), eventMs, unstoppable(op))
      await confirm(context, uuid, 'paused', error, op)
      await machineRegistry.publish(uuid, op, 'paused')
    },
    async resume(id, op) {
      const observedState = await running(id, op)
      await start(context, observedState, op)
      await machineRegistry.publish(observedState.uuid, op, 'started')
    },
  }
}
