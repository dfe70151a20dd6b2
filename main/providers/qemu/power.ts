import { z } from 'zod'
import { failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { MiB } from '../../../app/domain/units.ts'
import { throwIfCancelled } from '../common/op.ts'
import { checkSpace } from '../common/space.ts'
import type { Op, PauseOps, PowerOps, ResetOps, RestartOps } from '../provider.ts'
import { diskPath, isInPlace } from './definitions.ts'
import { launch } from './launch.ts'
import { brokenState, diskErrorState, type Live, recheck, refreshStatus } from './live.ts'
import type { Entry, Known } from './machine-registry.ts'
import type { ProviderContext } from './provider-context.ts'
import { type Qmp, withTimeout } from './qmp.ts'
import { resumeFromDisk } from './suspend.ts'

/** How long a guest is given before it is said that it has not answered. It is waited for longer all the same. */
const shutDownMs = 60_000
/** Per step of switching off: asked on the line, by SIGTERM, by SIGKILL. */
const quitMs = 5_000
/** Less than this is room for no write that a guest may wait with. */
const minBytes = MiB

/** Switches a machine on, or wakes it from disk. Settles when it runs. */
export async function start(context: ProviderContext, known: Known, op: Op): Promise<void> {
  const { entry } = known
  if (entry.live !== null) await recheck(context, entry)
  if (entry.live?.runState === brokenState) await endProcess(context, entry, op)
  if (entry.live !== null) {
    const qmp = lineOf(entry)
    if (entry.live.runState !== 'running') await goOn(known, qmp, entry.live, op)
    return
  }
  await context.registry.withTransientState(entry, 'starting', async () => {
    if (entry.isSuspended) return resumeFromDisk(context, known, op)
    const live = await launch(context, known, { accelerator: null, incoming: false }, op)
    await letRunOrEnd(context, entry, live, op)
  })
}

/** Lets a process that was just made go; one that cannot is not left behind. */
export async function letRunOrEnd(context: ProviderContext, entry: Entry, live: Live, op: Op): Promise<void> {
  try {
    throwIfCancelled(op)
    await letRun(lineOf(entry), live, op)
  } catch (error) {
    await endProcess(context, entry, op)
    throw error
  }
}

/** From any state in which it stands still. Settles when QEMU says that it runs. */
async function letRun(qmp: Qmp, live: Live, op: Op): Promise<void> {
  if (live.runState === 'suspended') await qmp.execute('system_wakeup', undefined, { op })
  await qmp.execute('cont', undefined, { op })
  if (live.runState === 'running' || live.isEnding) return
  throw failure('wrong-state', { key: 'qemu.error.standsStill' }, { detail: live.runState })
}

/** What is asked of QEMU's `query-block`: which disk a machine stands at for want of room. */
const blockSchema = z.array(
  z.object({
    'io-status': z.string().optional(),
    inserted: z.object({ 'node-name': z.string().optional() }).optional(),
  }),
)

/**
 * Lets a machine go on. One that stands still because a disk is full does so again at its next write, which is the one that it
 * stands at: whether there is room for it is asked first. Another disk's place may well be full.
 */
async function goOn({ entry, definition }: Known, qmp: Qmp, live: Live, op: Op): Promise<void> {
  if (live.runState === diskErrorState) {
    const blocks = blockSchema.safeParse(await qmp.execute('query-block', undefined, { op })).data ?? []
    for (const [index, disk] of definition.disks.entries()) {
      const isFull = blocks.some(
        (block) => block['io-status'] === 'nospace' && block.inserted?.['node-name'] === `disk${index}`,
      )
      if (isFull) await checkSpace(isInPlace(disk) ? disk.file : diskPath(disk, entry.folder), minBytes, 0)
    }
  }
  await letRun(qmp, live, op)
}

/** The line of a machine whose process is there; fails when it does not answer. */
export function lineOf(entry: Entry): Qmp {
  const qmp = entry.live?.qmp
  if (qmp !== null && qmp !== undefined) return qmp
  throw failure('unreachable', { key: 'qemu.error.noAnswer' }, { hint: { key: 'qemu.error.noAnswer.hint' } })
}

/**
 * Ends a machine's process: on its line, then by SIGTERM, then by SIGKILL, each only for the very process it is about.
 * Settles when it is gone and its disks are free.
 */
export async function endProcess(context: ProviderContext, entry: Entry, op: Op): Promise<void> {
  const { live } = entry
  if (live === null) return
  live.isEnding = true
  const steps: readonly (() => Promise<unknown>)[] = [
    async () => live.qmp?.execute('quit', undefined, { op, timeoutMs: quitMs }),
    () => context.processes.signal(live.identity, 'SIGTERM'),
    () => context.processes.signal(live.identity, 'SIGKILL'),
  ]
  for (const step of steps) {
    const isAsked = step().catch(() => {})
    // The line may close before the answer comes: what counts is that the process is gone.
    if (await isWithin(Promise.race([live.gone, isAsked.then(() => live.gone)]), quitMs)) return
    if (!(await context.processes.isAlive(live.identity))) await recheck(context, entry)
    if (await isWithin(live.gone, 1)) return
  }
  const params = { tool: 'QEMU', seconds: (steps.length * quitMs) / 1000 }
  throw failure('timeout', { key: 'error.timeout', params }, { hint: { key: 'error.timeout.hint' } })
}

/** Asks the guest by its power button and waits until it is off, however long. */
async function shutDown(context: ProviderContext, { entry }: Known, op: Op): Promise<void> {
  if (entry.live !== null) await recheck(context, entry)
  const { live } = entry
  if (live === null) return
  const qmp = lineOf(entry)
  await context.registry.withTransientState(entry, 'stopping', async () => {
    const since = context.host.now().toISOString()
    const wasStill = live.runState !== 'running'
    const tell = (unanswered: boolean): void =>
      op.progress({
        text: wasStill ? { key: 'stop.resumedFirst' } : null,
        fraction: null,
        wait: { since, limitMs: shutDownMs, by: 'acpi', unanswered, killsAtLimit: false },
      })
    // A guest that stands still cannot hear.
    if (wasStill) await letRun(qmp, live, op)
    await qmp.execute('system_powerdown', undefined, { op })
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
  const running = async (id: MachineId): Promise<{ known: Known; entry: Entry; live: Live; qmp: Qmp }> => {
    const known = await registry.get(id)
    const { entry } = known
    if (entry.live !== null) await recheck(context, entry)
    const { live } = entry
    if (live !== null) return { known, entry, live, qmp: lineOf(entry) }
    const { name } = registry.machine(entry)
    throw failure('wrong-state', { key: 'why.state.stopped', params: { name } })
  }
  return {
    async start(id, op) {
      await start(context, await registry.get(id), op)
    },
    async shutDown(id, op) {
      await shutDown(context, await registry.get(id), op)
    },
    async powerOff(id, op) {
      // Possible for a machine whose definition cannot be read, too.
      const entry = await registry.find(id)
      if (entry === null) throw failure('not-found', { key: 'error.machineGone' })
      await registry.withTransientState(entry, 'stopping', () => endProcess(context, entry, op))
    },
    async reset(id, op) {
      const { qmp, live, entry } = await running(id)
      await qmp.execute('system_reset', undefined, { op })
      // What stands still by itself (a panic, an error of its disk) goes on, as a real one would. Paused stays paused.
      if (live.runState !== 'running' && live.runState !== 'paused') await letRun(qmp, live, op)
      await refreshStatus(context, entry, live)
    },
    async restart(id, op) {
      await shutDown(context, await registry.get(id), op)
      await start(context, await registry.get(id), op)
    },
    async pause(id, op) {
      const { qmp, live, entry } = await running(id)
      await qmp.execute('stop', undefined, { op })
      await refreshStatus(context, entry, live)
    },
    async resume(id, op) {
      const { qmp, live, known } = await running(id)
      if (live.runState !== 'running') await goOn(known, qmp, live, op)
    },
  }
}

async function isWithin(promise: Promise<unknown>, limitMs: number): Promise<boolean> {
  return withTimeout(promise, limitMs).then(
    () => true,
    () => false,
  )
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
