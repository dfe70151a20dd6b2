import { errorOf, failure } from '../../../app/domain/errors.ts'
import type { Op } from '../provider.ts'
import * as commands from './commands.ts'
import { inspectOne } from './containers.ts'
import { attempt, type Engine, run } from './engine.ts'
import type { Container } from './inspect.ts'
import type { RestoreEntry, Swap } from './journal.ts'
import { asideName, keptImage, parseAsideName } from './naming.ts'
import { parsePs } from './parse.ts'
import { canChangeRestart } from './podman.ts'
import { isDown, stopWithGrace } from './power.ts'
import type { ProviderContext } from './provider-context.ts'
import { removeName } from './snapshots.ts'

/**
 * Puts one container in another's place: stop, rename both, start. Written down before the first step; each step may be the
 * last, and `takeBack` or `settle` then find out from the engine how far it came.
 */
export async function swap(
  context: ProviderContext,
  engine: Engine,
  restore: RestoreEntry,
  op: Op,
  write: (restore: RestoreEntry) => Promise<void>,
  /** Done once the going container is down: copies it and makes the coming one, where that has to wait until then. */
  whenDown: (restore: RestoreEntry) => Promise<RestoreEntry>,
): Promise<{ readonly restore: RestoreEntry; readonly currentId: string }> {
  const goingId = restore.swap?.goingId ?? ''
  const begun = { ...restore, swap: restore.swap === null ? null : { ...restore.swap, stops: true } }
  await write(begun)
  const give = (args: readonly string[]): Promise<string> => run(context.host, engine, args, op)

  op.progress({ text: { key: 'docker.restore.stopping' }, fraction: 0.25 })
  await takeDown(context, engine, goingId, op)
  const ready = await whenDown(begun)
  const plan = ready.swap
  const comingId = plan?.comingId ?? null
  if (plan === null || comingId === null) throw failure('bug', { key: 'error.bug' })
  op.progress({ text: { key: 'docker.restore.swapping' }, fraction: 0.6 })
  // A restart of the engine must not wake it beside its successor.
  if (plan.goingRestart !== 'no' && canChangeRestart(engine))
    await give(commands.update(plan.goingId, { restart: 'no' }))
  // What was kept gives the kept one's name free first.
  if (!plan.comingIsNew) await give(commands.rename(comingId, asideName('new', restore.id, plan.name)))
  await give(commands.rename(plan.goingId, asideName('kept', restore.id, plan.name)))
  await give(commands.rename(comingId, plan.name))
  if (!plan.comingIsNew && plan.comingRestart !== 'no') {
    await give(commands.update(comingId, { restart: plan.comingRestart }))
  }
  op.progress({ text: { key: 'docker.restore.starting' }, fraction: 0.8 })
  if (plan.wasRunning) await give(commands.start(comingId))
  if (plan.wasPaused) await give(commands.pause(comingId)).catch(ignoreWrongState)

  const coming = await inspectOne(context.host, engine, comingId, op)
  if (coming === null || coming.container.name !== plan.name || failedToStart(coming.container, plan)) {
    throw failure('wrong-state', { key: 'docker.error.notReached', params: { state: coming?.container.word ?? '?' } })
  }
  return { restore: { ...ready, state: 'done', swap: null }, currentId: comingId }
}

/**
 * Undoes whatever of a swap has been done, from any point of it, by what the engine says and not by what we remember. Returns
 * false when it could not be: both containers are then still there, one of them perhaps under the other's name. Throws only
 * when the engine does not answer.
 */
export async function takeBack(
  context: ProviderContext,
  engine: Engine,
  restore: RestoreEntry,
  op: Op,
  { isAfterCrash = false }: { readonly isAfterCrash?: boolean } = {},
): Promise<boolean> {
  const plan = restore.swap
  if (plan === null) return true
  const give = (args: readonly string[]): Promise<string> => run(context.host, engine, args, op)
  const logged = (error: unknown): void => context.host.log.warn('docker.kept.image', { error: errorOf(error) })
  const look = async (id: string): Promise<Container | null> =>
    (await inspectOne(context.host, engine, id, op))?.container ?? null
  try {
    const comingId = plan.comingId ?? (await findNew(context, engine, restore.id, op))
    const coming = comingId === null ? null : await look(comingId)
    if (coming !== null) {
      if (!isDown(coming)) await give(commands.stop(coming.id, plan.comingIsNew ? 0 : null))
      if (plan.comingIsNew) await give(commands.removeByForce(coming.id))
      else {
        if (coming.restart !== 'no') await give(commands.update(coming.id, { restart: 'no' }))
        if (coming.name === plan.name) await give(commands.rename(coming.id, asideName('new', restore.id, plan.name)))
      }
    }
    // A stop that is still under way would end it after all was said to be as before.
    if (isAfterCrash && plan.stops && (await look(plan.goingId))?.word === 'running') {
      await takeDown(context, engine, plan.goingId, op)
    }
    const going = await look(plan.goingId)
    if (going === null) return false
    if (going.name !== plan.name) await give(commands.rename(going.id, plan.name))
    const keptName = asideName('kept', restore.id, plan.name)
    if (coming !== null && !plan.comingIsNew && (await look(coming.id))?.name !== keptName) {
      await give(commands.rename(coming.id, keptName))
    }
    if (going.restart !== plan.goingRestart) await give(commands.update(going.id, { restart: plan.goingRestart }))
    if (plan.wasRunning && isDown(going)) await give(commands.start(going.id))
    if (plan.wasPaused && going.word !== 'paused') await give(commands.pause(going.id)).catch(ignoreWrongState)
    if (plan.goingImage !== null) await removeName(context, { engine }, keptImage(plan.goingImage), op).catch(logged)
    return true
  } catch (thrown) {
    // Nobody knows how far it came: it is taken back once the engine is there again.
    if (isAway(thrown)) throw thrown
    context.host.log.error('docker.takeBack', { restore: restore.id, error: errorOf(thrown) })
    return false
  }
}

/**
 * After a crash: true when the swap had come to its end, so that what has happened since in the new container is not thrown
 * away.
 */
export async function isFinished(context: ProviderContext, engine: Engine, plan: Swap, op: Op): Promise<boolean> {
  if (plan.comingId === null) return false
  const coming = await inspectOne(context.host, engine, plan.comingId, op)
  const going = await inspectOne(context.host, engine, plan.goingId, op)
  if (coming === null || going === null || coming.container.name !== plan.name) return false
  if (parseAsideName(going.container.name) === null) return false
  return !plan.wasRunning || !isDown(coming.container)
}

/** Whether the engine went away, or does not answer: what became of a command is then not known. */
export function isAway(thrown: unknown): boolean {
  const { code } = errorOf(thrown)
  return code === 'unreachable' || code === 'timeout'
}

/** The error of an earlier start stays with a container; it says nothing where nothing was started. */
function failedToStart(container: Container, { wasRunning }: Swap): boolean {
  return wasRunning && container.startError !== ''
}

async function takeDown(context: ProviderContext, engine: Engine, containerId: string, op: Op): Promise<void> {
  const inspected = await inspectOne(context.host, engine, containerId, op)
  if (inspected === null) throw failure('not-found', { key: 'error.machineGone' })
  const { container } = inspected
  if (isDown(container)) return
  const target = {
    engine,
    containerId,
    run: (args: readonly string[], own: Op, options = {}) => run(context.host, engine, args, own, options),
  }
  if (container.word === 'paused') await target.run(commands.unpause(containerId), op)
  await stopWithGrace(target, container, context.host.now(), op)
  const after = await inspectOne(context.host, engine, containerId, op)
  if (after === null || !isDown(after.container)) {
    throw failure('wrong-state', { key: 'docker.error.notReached', params: { state: after?.container.word ?? '?' } })
  }
}

/** The container of a restore that crashed between making it and writing its id down. */
async function findNew(context: ProviderContext, engine: Engine, handle: string, op: Op): Promise<string | null> {
  const result = await attempt(context.host, engine, commands.psNamed(asideName('new', handle, '')), op)
  return parsePs(result.stdout).rows.find((row) => parseAsideName(row.name)?.handle === handle)?.id ?? null
}

/** What ended before it could be paused again has no memory to keep still. */
function ignoreWrongState(thrown: unknown): void {
  if (errorOf(thrown).code !== 'wrong-state') throw thrown
}
