import { failure } from '../../../app/domain/errors.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { Op, PauseOps, PowerOps, ResetOps, RestartOps } from '../provider.ts'
import { endMachine, hangUp, launch, letRun, liveOf, settleActivity } from './live.ts'
import type { Known } from './machine-registry.ts'
import { startPrepared } from './prepared.ts'
import type { ProviderContext } from './provider-context.ts'
import { resumeFromDisk } from './suspend.ts'

/** How long a guest is given before it is said that it has not answered. It is waited for longer all the same. */
const shutDownMs = 60_000

/** Switches a machine on, or wakes it from disk. Settles when it runs. */
export async function start(context: ProviderContext, known: Known, op: Op): Promise<void> {
  const { entry } = known
  if (entry.live !== null) return letRun(context, entry)
  try {
    await context.registry.withTransientState(entry, 'starting', async () => {
      if (entry.isSuspended) await resumeFromDisk(context, known, op)
      else if (known.definition.prepared !== null) await startPrepared(context, known, op)
      else await launch(context, known, { memory: null, paused: false }, op)
    })
  } catch (error) {
    // Whoever was at its line already.
    if (entry.live === null) hangUp(entry)
    throw error
  }
}

/** Asks the guest by its power button and waits until it is off, however long. */
async function shutDown(context: ProviderContext, { entry }: Known, op: Op): Promise<void> {
  const { live } = entry
  if (live === null) return
  await context.registry.withTransientState(entry, 'stopping', async () => {
    const since = context.host.now().toISOString()
    const tell = (unanswered: boolean): void =>
      op.progress({
        text: null,
        fraction: null,
        wait: { since, limitMs: shutDownMs, by: 'acpi', unanswered, killsAtLimit: false },
      })
    // A guest that stands still cannot hear.
    if (live.activity !== 'running') await letRun(context, entry)
    await live.thread.ask({ kind: 'button' }).catch((error: unknown) => {
      // It may be off before it answers.
      if (!live.isEnding) throw error
    })
    tell(false)
    const late = setTimeout(() => tell(true), shutDownMs)
    try {
      await untilAborted(live.gone, op.signal)
    } finally {
      clearTimeout(late)
    }
  })
}

export function createPower(context: ProviderContext): PowerOps & ResetOps & RestartOps & PauseOps {
  const { registry } = context
  return {
    async start(id, op) {
      await start(context, await registry.get(id), op)
    },
    async shutDown(id, op) {
      await shutDown(context, await registry.get(id), op)
    },
    async powerOff(id) {
      // Possible for a machine whose definition cannot be read, too.
      const entry = await registry.find(id)
      if (entry === null) throw failure('not-found', { key: 'error.machineGone' })
      if (entry.live === null) return
      await registry.withTransientState(entry, 'stopping', () => endMachine(entry))
    },
    async reset(id) {
      const { entry } = await registry.get(id)
      const live = liveOf(context, entry)
      await live.thread.ask({ kind: 'reset' })
      if (live.activity === 'stuck') settleActivity(context, entry, live, 'running')
    },
    async restart(id, op) {
      await shutDown(context, await registry.get(id), op)
      throwIfCancelled(op)
      await start(context, await registry.get(id), op)
    },
    async pause(id) {
      const { entry } = await registry.get(id)
      const live = liveOf(context, entry)
      await live.thread.ask({ kind: 'pause' })
      settleActivity(context, entry, live, 'paused')
    },
    async resume(id) {
      const { entry } = await registry.get(id)
      liveOf(context, entry)
      await letRun(context, entry)
    },
  }
}

/** Rejects with `cancelled` when the person no longer wants to wait. */
function untilAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(failure('cancelled', { key: 'error.cancelled' }))
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    void promise.then(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
  })
}
