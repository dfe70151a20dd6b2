import { failure } from '../../../app/domain/errors.ts'
import { removeDurably } from '../../state/durable.ts'
import { noticeOf } from '../../state/read-state.ts'
import { readRecord } from '../../state/record.ts'
import { reportReading } from '../common/definition-file.ts'
import { remove, writeJson } from '../common/files.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { Host, Op, SuspendOps } from '../provider.ts'
import { makeOf } from './definitions.ts'
import type { Folder } from './layout.ts'
import { endMachine, launch, letRun, liveOf, orEnd } from './live.ts'
import type { Entry, Known } from './machine-registry.ts'
import { type KeptMemory, keptMemory, keptMemorySchema, measureMemory, unfit } from './memory.ts'
import { emulator } from './program.ts'
import type { ProviderContext } from './provider-context.ts'

/** What a kept memory belongs to. */
interface Suspended {
  readonly version: 1
  readonly at: string
  readonly memory: KeptMemory
}

async function suspend(context: ProviderContext, { entry, definition }: Known, op: Op): Promise<void> {
  const { folder } = entry
  const live = liveOf(context, entry)
  await context.registry.withTransientState(entry, 'suspending', async () => {
    op.progress({ text: null, fraction: null, cancellable: false })
    const wasRunning = live.activity === 'running' || live.activity === 'stuck'
    try {
      // From here on the guest stands still: what its disk holds is what its memory remembers.
      const kept = await live.thread.ask({
        kind: 'keep',
        memoryPath: folder.memory,
        diskPath: null,
        stays: true,
        safe: true,
      })
      const memory = keptMemory(definition, kept)
      // The word that the memory is whole comes last.
      await writeJson(folder.suspended, {
        version: 1,
        at: context.host.now().toISOString(),
        memory,
      } satisfies Suspended)
    } catch (error) {
      await remove(folder.memory)
      if (wasRunning && !live.isEnding) await live.thread.ask({ kind: 'resume' }).catch(() => {})
      throw error
    }
    await endMachine(entry)
    await context.registry.refresh(entry)
  })
}

/** Goes on from the kept memory. It is given up only once all of it is in the machine. */
export async function resumeFromDisk(context: ProviderContext, known: Known, op: Op): Promise<void> {
  const { entry, definition } = known
  const { folder } = entry
  const memory = await readSuspended(context, known)
  const reason = unfit(memory, definition)
  if (reason !== null) throw reason
  await launch(context, known, { memory: { ...memory, path: folder.memory }, paused: true }, op)
  await orEnd(entry, async () => {
    throwIfCancelled(op)
    // From the first instruction on the disk goes its own way: the memory must not be used a second time.
    await removeMarker(context.host, folder)
    entry.isSuspended = false
    await letRun(context, entry)
  })
  await remove(folder.memory)
}

/**
 * What is said of a kept memory, field by field. A machine that is suspended is not changed, so what it is now can stand for what it
 * was; size or sum, where one of them is left, is that of the file. Fails with `output-unreadable` when it is not there or the system will not let it be read.
 */
export async function readSuspended(
  { host }: Pick<ProviderContext, 'host'>,
  { entry, definition }: Known,
): Promise<KeptMemory> {
  const path = entry.folder.suspended
  const { make, sizeBytes, checksum, network } = keptMemorySchema.shape
  const reading = readRecord(path, 1, (fields) => {
    const memory = fields.within('memory')
    return {
      make: memory.take('make', make, makeOf(definition, emulator)),
      sizeBytes: memory.need('sizeBytes', sizeBytes),
      checksum: memory.need('checksum', checksum),
      network: memory.take('network', network, undefined),
    }
  })
  reportReading(host, path, reading)
  const damaged = (detail: string) =>
    failure(
      'output-unreadable',
      { key: 'builtin.error.stateDamaged' },
      { hint: { key: 'builtin.error.stateDamaged.hint' }, detail },
    )
  if (reading.kind === 'absent') throw damaged(`${path}\nENOENT`)
  // What passes, or what a newer Berth can read, is not damaged: nobody is told to discard it.
  if (!('value' in reading)) {
    throw failure(
      'output-unreadable',
      { key: 'builtin.error.stateUnread' },
      { hint: noticeOf(path, reading)?.text ?? null, detail: `${path}\n${reading.kind} ${reading.trouble}` },
    )
  }
  const { value } = reading
  if (value.sizeBytes !== null && value.checksum !== null) {
    return { make: value.make, sizeBytes: value.sizeBytes, checksum: value.checksum, network: value.network }
  }
  // Without either, nothing vouches for the memory: it is kept, and not gone on from.
  const measured = (value.sizeBytes ?? value.checksum) !== null ? await measureMemory(entry.folder.memory) : null
  const isOther =
    (value.sizeBytes !== null && measured?.sizeBytes !== value.sizeBytes) ||
    (value.checksum !== null && measured?.checksum !== value.checksum)
  if (measured === null || isOther) throw damaged(path)
  return { make: value.make, ...measured, network: value.network }
}

/** There is nothing wrong with a file that is gone. */
async function removeMarker({ problems }: Pick<Host, 'problems'>, { suspended }: Folder): Promise<void> {
  await removeDurably(suspended)
  problems?.report(suspended, null)
}

/** Throws the kept memory away. Its word goes first: a memory without one is a rest, a word without memory a promise. */
export async function discardMemory(
  { host }: Pick<ProviderContext, 'host'>,
  { folder }: Pick<Entry, 'folder'>,
): Promise<void> {
  await removeMarker(host, folder)
  await remove(folder.memory)
}

export function createSuspend(context: ProviderContext): SuspendOps {
  return {
    async suspend(id, op) {
      await suspend(context, await context.registry.get(id), op)
    },
    async discard(id) {
      const { entry } = await context.registry.get(id)
      if (entry.live !== null) return
      await discardMemory(context, entry)
      await context.registry.refresh(entry)
      context.registry.publish(entry)
    },
  }
}
