import { readFile } from 'node:fs/promises'
import type { Op } from '../provider.ts'
import type { Definition } from './definitions.ts'
import type { PackedMemory } from './emulator/messages.ts'
import { launch, letRun, orEnd } from './live.ts'
import type { Known } from './machine-registry.ts'
import { unfit } from './memory.ts'
import { readPrepared } from './prepared-memory.ts'
import { linux } from './program.ts'
import type { ProviderContext } from './provider-context.ts'

/** What a new machine like this begins with; null when its first start is an ordinary one. */
export async function preparedFor(definition: Definition): Promise<string | null> {
  const { disk, memory } = await readPrepared()
  return unfit(memory, definition) === null ? disk : null
}

/**
 * The first start of a machine whose memory comes with Berth. What another Berth brought with it fits no more, and is no loss:
 * the machine has not run yet, so that its disk has all there is.
 */
export async function startPrepared(context: ProviderContext, known: Known, op: Op): Promise<void> {
  const { entry, definition } = known
  const begun: Definition = { ...definition, prepared: null }
  const prepared = await readPrepared()
  if (prepared.disk !== definition.prepared || unfit(prepared.memory, definition) !== null) {
    op.progress({ text: { key: 'builtin.step.fromDisk' }, fraction: null })
    await context.registry.save(entry, begun)
    const live = await launch(context, { entry, definition: begun }, { memory: null, paused: false }, op)
    live.isFromDisk = true
    return
  }
  const { sizeBytes, checksum } = prepared.memory
  const memory: PackedMemory = { packed: await readFile(linux.state), sizeBytes, checksum }
  await launch(context, known, { memory, paused: true, spare: context.spareThread }, op)
  await orEnd(entry, async () => {
    // From the first instruction on the disk goes its own way: the memory must not be used a second time.
    await context.registry.save(entry, begun)
    await letRun(context, entry)
  })
}
