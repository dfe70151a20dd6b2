import { readFile } from 'node:fs/promises'
import { type Failure, failure } from '../../../app/domain/errors.ts'
import { rotate } from '../common/files.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { Op } from '../provider.ts'
import { devicesOf, makeOf } from './definitions.ts'
import { isFloppy } from './discs.ts'
import type { Hardware, Memory, PackedMemory } from './emulator/messages.ts'
import { presentFolder } from './folder.ts'
import type { Entry, Known } from './machine-registry.ts'
import { macOf, networkSettings } from './network.ts'
import { emulator, monitorFile } from './program.ts'
import type { ProviderContext } from './provider-context.ts'
import { type RunRecord, writeRun } from './run-record.ts'
import type { SpareThread } from './spare-thread.ts'
import type { Activity } from './states.ts'
import { startThread, type Thread } from './thread.ts'

/** A machine that is on. */
export interface Live {
  readonly thread: Thread
  activity: Activity
  since: string
  /** Set once it is being ended, or switched itself off: its end is no crash. */
  isEnding: boolean
  /** A folder that was to be shared and was not there. */
  lostFolder: string | null
  /** It started from its disk, since the memory that came with Berth fits no more. */
  isFromDisk: boolean
  /** Settles when its thread is gone, its files are free and how it ended is written down. */
  readonly gone: Promise<void>
}

/** The serial log is put aside once it is longer than this when a machine starts. */
const logBytes = 8 * 1024 * 1024

/**
 * Makes a machine's thread, switched on or going on from a memory. `replaces` says that it takes the place of one that was
 * ended for it: whoever watches its line stays.
 */
export async function launch(
  context: ProviderContext,
  known: Known,
  how: {
    readonly memory: Memory | PackedMemory | null
    readonly paused: boolean
    /** Where its thread stands ready, if there is one. */
    readonly spare?: SpareThread
  },
  op: Op,
): Promise<Live> {
  const { entry, definition } = known
  const { folder } = entry
  throwIfCancelled(op)
  const before = entry.run
  const run: RunRecord = { version: 1, startedAt: context.host.now().toISOString(), ended: null }
  const chosen = known.definition.sharedFolder
  const [hardware, sharedFolder] = await Promise.all([
    hardwareOf(known),
    presentFolder(chosen),
    rotate(folder.serialLog, logBytes),
    // Written before there is anything that could be lost.
    writeRun(folder, run),
  ])
  entry.run = run
  let live: Live | null = null
  const thread = await startThread(
    {
      hardware,
      serialLogPath: folder.serialLog,
      memory: how.memory,
      paused: how.paused,
      network: { mac: macOf(entry.uuid), settings: networkSettings(definition.network) },
      language: context.host.locale?.() ?? 'en',
      sharedFolder,
    },
    {
      said: entry.line.said,
      shown: entry.screen.shown,
      off() {
        if (live === null || live.isEnding) return
        live.isEnding = true
        void live.thread.end()
      },
      stuck: () => settleActivity(context, entry, live, 'stuck'),
      diskFull: () => settleActivity(context, entry, live, 'full'),
      folderFailed: (error) => context.host.log.error('builtin.folder', { uuid: entry.uuid, error: String(error) }),
    },
    how.spare?.take,
  )
  entry.line.plug({
    write: (bytes) => thread.tell({ kind: 'serial', bytes }),
    taken: (bytes) => thread.tell({ kind: 'taken', bytes }),
  })
  entry.screen.plug(thread.tell)
  const activity = how.paused ? 'paused' : 'running'
  const lostFolder = sharedFolder === null ? (chosen?.path ?? null) : null
  const begun: Live = {
    thread,
    activity,
    since: run.startedAt,
    isEnding: false,
    lostFolder,
    isFromDisk: false,
    gone: Promise.resolve(),
  }
  live = Object.assign(begun, { gone: thread.gone.then((why) => conclude(context, entry, begun, why)) })
  const abort = (): void => {
    begun.isEnding = true
    void thread.end()
  }
  op.signal.addEventListener('abort', abort, { once: true })
  try {
    await thread.ready
    entry.live = begun
    throwIfCancelled(op)
  } catch (error) {
    begun.isEnding = true
    await thread.end()
    await begun.gone
    // It never ran: what is said of its last run is what was said before.
    entry.run = before ?? { ...run, ended: { at: run.startedAt, how: 'stopped', said: null } }
    await writeRun(folder, entry.run)
    throwIfCancelled(op)
    throw error
  } finally {
    op.signal.removeEventListener('abort', abort)
  }
  return begun
}

/** What the thread is to make. Its first program comes along, since a thread may not read from the program's archive. */
async function hardwareOf({ entry, definition }: Known): Promise<Hardware> {
  const { folder } = entry
  const { memoryBytes, videoBytes } = makeOf(definition, emulator)
  const isMonitor = definition.system === 'monitor'
  const missing = (path: string) => (cause: unknown) => {
    throw failure('not-found', { key: 'builtin.error.biosGone', params: { path } }, { detail: String(cause), cause })
  }
  const read = (path: string): Promise<Uint8Array> => readFile(path).catch(missing(path))
  const { discPath } = definition
  const isDiscFloppy = discPath !== null && (await isFloppy(discPath).catch(missing(discPath)))
  return {
    memoryBytes,
    videoBytes,
    bios: await read(isMonitor ? monitorFile : folder.bios),
    vgaBios: isMonitor ? null : await read(folder.vgaBios),
    diskPath: definition.diskBytes === null ? null : folder.disk,
    floppyPath: isDiscFloppy ? discPath : null,
    cdPath: isDiscFloppy ? null : discPath,
    devices: devicesOf[definition.system],
  }
}

/** Says what a machine is doing from now on. */
export function settleActivity(context: ProviderContext, entry: Entry, live: Live | null, activity: Activity): void {
  if (live === null || live.isEnding) return
  live.activity = activity
  live.since = context.host.now().toISOString()
  context.registry.publish(entry)
}

async function conclude(context: ProviderContext, entry: Entry, live: Live, why: string | null): Promise<void> {
  const isCrash = why !== null && !live.isEnding
  const at = context.host.now().toISOString()
  const wasShown = entry.live === live
  if (wasShown) entry.live = null
  entry.run = {
    version: 1,
    startedAt: entry.run?.startedAt ?? at,
    ended: { at, how: isCrash ? 'crashed' : 'stopped', said: isCrash ? why : null },
  }
  if (isCrash) context.host.log.error('builtin.crashed', { uuid: entry.uuid, error: why })
  await writeRun(entry.folder, entry.run).catch((error: unknown) =>
    context.host.log.warn('builtin.run', { uuid: entry.uuid, error: String(error) }),
  )
  if (!wasShown) return
  await context.registry.refresh(entry).catch(() => {})
  // One that is being restored has another thread in a moment, and its line goes on.
  if (!entry.holds.some(({ state }) => state === 'restoring')) hangUp(entry)
  context.registry.publish(entry)
}

/** Whoever looks or listens is told that the machine is off. */
export function hangUp({ line, screen }: Entry): void {
  line.hangUp()
  screen.hangUp()
}

/** Ends a machine's thread. Settles when it is gone and its files are free. */
export async function endMachine(entry: Entry): Promise<void> {
  const { live } = entry
  if (live === null) return
  live.isEnding = true
  await live.thread.end()
  await live.gone
}

/** Lets a machine go on that was made paused, or was paused. */
export async function letRun(context: ProviderContext, entry: Entry): Promise<void> {
  const { live } = entry
  if (live === null) return
  await live.thread.ask({ kind: 'resume' })
  if (live.activity === 'paused' || live.activity === 'full') settleActivity(context, entry, live, 'running')
}

/** Gives a machine that is on another shared folder, or none. */
export async function shareNow(context: ProviderContext, { entry, definition }: Known): Promise<void> {
  const { live } = entry
  if (live === null) return
  const folder = await presentFolder(definition.sharedFolder)
  live.lostFolder = folder === null ? (definition.sharedFolder?.path ?? null) : null
  live.thread.share(folder)
  context.registry.publish(entry)
}

/** The machine's thread; fails when it is off. */
export function liveOf(context: ProviderContext, entry: Entry): Live {
  if (entry.live !== null && !entry.live.isEnding) return entry.live
  const { name } = context.registry.machine(entry)
  throw failure('wrong-state', { key: 'why.state.stopped', params: { name } })
}

/** Ends the machine that was just made when what follows fails. */
export async function orEnd<T>(entry: Entry, job: () => Promise<T>): Promise<T> {
  try {
    return await job()
  } catch (error) {
    await endMachine(entry)
    throw error as Failure
  }
}
