import { failure } from '../../../app/domain/errors.ts'
import { throwIfCancelled, unstoppable } from '../common/op.ts'
import type { Op, SuspendOps } from '../provider.ts'
import { imagePath, isApple, ownImage, writableDisks } from './bundle.ts'
import { utmctlArguments } from './commands.ts'
import type { Known } from './machine-registry.ts'
import { suspendTag } from './memory.ts'
import { confirm, eventMs, powerOff, start } from './power.ts'
import type { ProviderContext } from './provider-context.ts'
import { stateOf } from './states.ts'

/** UTM writes its registry about a second after it knows. */
const registryMs = 5_000

/**
 * UTM only pauses a machine whose memory it has written, and its process stays. Here it is ended as well, and never before
 * the memory was found on the disk: the next start then wakes from it.
 */
async function suspend(context: ProviderContext, { observedState, bundle }: Known, op: Op): Promise<void> {
  const { machineRegistry, tool, memory } = context
  const { uuid, name, status } = observedState
  const state = stateOf(status)
  if (state !== 'running' && state !== 'paused') {
    throw failure('wrong-state', { key: `why.state.${machineRegistry.machine(observedState).state}`, params: { name } })
  }
  await machineRegistry.withTransientState(uuid, 'suspending', async () => {
    // It writes the memory of a running machine only.
    if (state === 'paused') await start(context, observedState, op)
    throwIfCancelled(op)
    op.progress({ text: { key: 'utm.step.memory' }, fraction: null, cancellable: false })
    const error = await tool.tell(utmctlArguments.suspend(uuid, { save: true }), eventMs, unstoppable(op))
    const isKept = error === null && (await isOnDisk(context, { observedState, bundle }, op))
    if (!isKept) {
      // Nothing was kept: it goes on as if nothing had been asked.
      if (state === 'running') await start(context, { uuid, status: 'paused' }, unstoppable(op))
      throw error ?? failure('tool-failed', { key: 'utm.error.notKept' }, { hint: { key: 'utm.error.memory.hint' } })
    }
    await confirm(context, uuid, 'paused', null, unstoppable(op))
    await powerOff(context, { uuid, status: 'paused' }, unstoppable(op))
    memory.believe(uuid)
  })
}

async function isOnDisk(context: ProviderContext, { observedState, bundle }: Known, op: Op): Promise<boolean> {
  const kept = await context.memory.isKept(bundle, unstoppable(op)).catch(() => null)
  if (kept !== null) return kept
  // Without `qemu-img` the image cannot be asked: UTM's own registry is.
  const until = performance.now() + registryMs
  while (performance.now() < until) {
    const { registry } = await context.machineRegistry.disk()
    if (registry?.get(observedState.uuid)?.isSuspended === true) return true
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  return false
}

/** Takes the kept memory out of the images. UTM's registry still speaks of it; the next start finds none and boots. */
async function discard(context: ProviderContext, { observedState, bundle }: Known, op: Op): Promise<void> {
  if (stateOf(observedState.status) !== 'stopped') {
    const key = `why.state.${context.machineRegistry.machine(observedState).state}` as const
    throw failure('wrong-state', { key, params: { name: observedState.name } })
  }
  if (isApple(bundle)) throw failure('unsupported', { key: 'utm.why.appleDiscard' })
  throwIfCancelled(op)
  for (const drive of writableDisks(bundle)) {
    const path = imagePath(bundle, drive)
    if (path === null || !/\.qcow2$/i.test(path)) continue
    const { snapshots } = await context.images.info(ownImage(path), false, op)
    if (!snapshots.some(({ tag }) => tag === suspendTag)) continue
    await context.images.snapshot('delete', suspendTag, ownImage(path), unstoppable(op))
  }
  await context.machineRegistry.publish(observedState.uuid, op)
}

export function createSuspend(context: ProviderContext): SuspendOps {
  return {
    suspend: async (id, op) => suspend(context, await context.machineRegistry.known(id, op), op),
    discard: async (id, op) => discard(context, await context.machineRegistry.known(id, op), op),
  }
}
