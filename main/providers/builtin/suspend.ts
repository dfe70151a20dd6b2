import { z } from 'zod'
import { failure } from '../../../app/domain/errors.ts'
import { removeDurably } from '../../state/durable.ts'
import { readJson, remove, writeJson } from '../common/files.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { Op, SuspendOps } from '../provider.ts'
import { makeOf } from './definitions.ts'
import type { Entry, Known } from './fleet.ts'
import type { Folder } from './layout.ts'
import { endMachine, launch, letRun, liveOf, orEnd } from './live.ts'
import { keptMemorySchema, unfit } from './memory.ts'
import { emulator } from './program.ts'
import type { World } from './world.ts'

/** What a kept memory belongs to. */
const suspendedSchema = z.object({ version: z.literal(1), at: z.string(), memory: keptMemorySchema })
export type Suspended = z.infer<typeof suspendedSchema>

async function suspend(world: World, { entry, definition }: Known, op: Op): Promise<void> {
  const { folder } = entry
  const live = liveOf(world, entry)
  await world.fleet.hold(entry, 'suspending', async () => {
    op.progress({ text: null, fraction: null, cancellable: false })
    const wasRunning = live.activity === 'running' || live.activity === 'stuck'
    try {
      // From here on the guest stands still: what its disk holds is what its memory remembers.
      const { sizeBytes, checksum } = await live.thread.ask({
        kind: 'keep',
        memoryPath: folder.memory,
        diskPath: null,
        stays: true,
        safe: true,
      })
      const memory = { make: makeOf(definition, emulator), sizeBytes, checksum }
      // The word that the memory is whole comes last.
      await writeJson(folder.suspended, { version: 1, at: world.host.now().toISOString(), memory } satisfies Suspended)
    } catch (error) {
      await remove(folder.memory)
      if (wasRunning && !live.isEnding) await live.thread.ask({ kind: 'resume' }).catch(() => {})
      throw error
    }
    await endMachine(entry)
    await world.fleet.refresh(entry)
  })
}

/** Goes on from the kept memory. It is given up only once all of it is in the machine. */
export async function resumeFromDisk(world: World, known: Known, op: Op): Promise<void> {
  const { entry, definition } = known
  const { folder } = entry
  const { memory } = await readSuspended(folder)
  const reason = unfit(memory, definition)
  if (reason !== null) throw reason
  await launch(world, known, { memory: { ...memory, path: folder.memory }, paused: true }, op)
  await orEnd(entry, async () => {
    throwIfCancelled(op)
    // From the first instruction on the disk goes its own way: the memory must not be used a second time.
    await removeDurably(folder.suspended)
    entry.isSuspended = false
    await letRun(world, entry)
  })
  await remove(folder.memory)
}

/** Fails with `output-unreadable` when it is not there or not what was written. */
export async function readSuspended(folder: Folder): Promise<Suspended> {
  const damaged = (detail: string, cause?: unknown) =>
    failure(
      'output-unreadable',
      { key: 'builtin.error.stateDamaged' },
      { hint: { key: 'builtin.error.stateDamaged.hint' }, detail, cause },
    )
  const suspended = await readJson(folder.suspended, suspendedSchema).catch((cause: unknown) => {
    throw damaged(`${folder.suspended}\n${String(cause)}`, cause)
  })
  if (suspended === null) throw damaged(folder.suspended)
  return suspended
}

/** Throws the kept memory away. Its word goes first: a memory without one is a rest, a word without memory a promise. */
export async function discardMemory({ folder }: Pick<Entry, 'folder'>): Promise<void> {
  await removeDurably(folder.suspended)
  await remove(folder.memory)
}

export function createSuspend(world: World): SuspendOps {
  return {
    async suspend(id, op) {
      await suspend(world, await world.fleet.get(id), op)
    },
    async discard(id) {
      const { entry } = await world.fleet.get(id)
      if (entry.live !== null) return
      await discardMemory(entry)
      await world.fleet.refresh(entry)
      world.fleet.publish(entry)
    },
  }
}
