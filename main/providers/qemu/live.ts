import { z } from 'zod'
import { Failure } from '../../../app/domain/errors.ts'
import type { Text } from '../../../app/messages/text.ts'
import { exists, readTail, remove } from '../common/files.ts'
import { quietOp } from '../common/op.ts'
import { imagesOf } from './definitions.ts'
import type { Entry } from './machine-registry.ts'
import type { ProcessIdentity } from './process.ts'
import type { ProviderContext } from './provider-context.ts'
import { connectQmp, deferred, type Qmp, type QmpEvent, withTimeout } from './qmp.ts'
import { writeRun } from './run-record.ts'

/** A machine's process, as far as it is known. */
export interface Live {
  readonly identity: ProcessIdentity
  /** null while QEMU does not answer on its line. */
  qmp: Qmp | null
  /** QEMU's word; null while it does not answer. */
  runState: string | null
  since: string
  remark: Text | null
  /** Set once QEMU said that it is about to end by itself or because it was told to. */
  isEnding: boolean
  /** Settles when QEMU has answered on its line: at once, or whenever it comes to it. */
  readonly answered: Promise<void>
  /** Settles when the process is gone, its disks are free and how it ended is written down. */
  readonly gone: Promise<void>
}

type Exit = { readonly exitCode: number | null; readonly signal: string | null }

/** How long a socket that accepted may keep silent before the machine counts as not answering. */
const answerMs = 3_000
/** From the closed line to the end of the process: QEMU closes its disks in between. */
const endMs = 10_000
/** QEMU's word for a guest that it cannot go on with; only a fresh start helps. */
export const brokenState = 'internal-error'
/** QEMU's word for a machine that stands at a write or read that failed; it is tried again when the machine goes on. */
export const diskErrorState = 'io-error'
const uuidSchema = z.object({ UUID: z.string() })
const statusSchema = z.object({ status: z.string() })

/**
 * Takes a process over: its line, its events and its end. `exited` is there for a process that this Berth started. Settles
 * when QEMU has answered on its line, or after a bounded time without an answer; `answered` then still comes when it does.
 */
export async function adopt(
  context: ProviderContext,
  entry: Entry,
  process: { readonly identity: ProcessIdentity; readonly qmp: Qmp; readonly exited: Promise<Exit> | null },
): Promise<Live> {
  const { identity, qmp, exited } = process
  const gone = deferred<void>()
  const answered = deferred<void>()
  const live: Live = {
    identity,
    qmp: null,
    runState: null,
    since: entry.run?.startedAt ?? context.host.now().toISOString(),
    remark: null,
    isEnding: false,
    answered: answered.promise,
    gone: gone.promise,
  }
  entry.live = live
  entry.isLocked = false
  handles.set(live, {
    answered: answered.resolve,
    concluded: (exit) => conclude(context, entry, live, exit, gone.resolve),
  })
  void exited?.then((exit) => handles.get(live)?.concluded(exit))
  await greet(context, entry, live, qmp)
  return live
}

/** What only this file does to a process: taken away once it is gone, so that its end is told once. */
const handles = new WeakMap<
  Live,
  { readonly answered: () => void; readonly concluded: (exit: Exit | null) => Promise<void>; line?: Qmp }
>()

/** Asks a machine again that did not answer, and notices one that is gone meanwhile. */
export async function recheck(context: ProviderContext, entry: Entry): Promise<void> {
  const { live } = entry
  if (live === null) {
    if (entry.isLocked) entry.isLocked = await isLocked(context, entry)
    return
  }
  if (live.qmp !== null) return refreshStatus(context, entry, live)
  const handle = handles.get(live)
  if (!(await context.processes.isAlive(live.identity))) return handle?.concluded(null)
  // QEMU serves one line at a time: as long as one waits for its greeting, another would only stand behind it.
  if (handle?.line === undefined) await greet(context, entry, live, connectQmp(entry.sockets.qmp))
}

async function greet(context: ProviderContext, entry: Entry, live: Live, qmp: Qmp): Promise<void> {
  const handle = handles.get(live)
  if (handle === undefined) return qmp.close()
  handle.line = qmp
  const talk = qmp.ready.then(async () => {
    qmp.on((event) => onEvent(context, entry, live, event))
    const [uuid, status] = await Promise.all([qmp.execute('query-uuid'), qmp.execute('query-status')])
    const { UUID } = uuidSchema.parse(uuid)
    if (UUID !== entry.uuid) throw new Error(`another machine answers: ${UUID}`)
    live.qmp = qmp
    setRunState(context, entry, live, statusSchema.parse(status).status)
    handle.answered()
  })
  void talk.catch((error) => {
    context.host.log.warn('qemu.line', { uuid: entry.uuid, error: String(error) })
    qmp.close()
  })
  void qmp.closed.then(async () => {
    delete handle.line
    if (!handles.has(live)) return
    // The lines of a Berth that ends are closed by itself: nothing is said of the machine.
    if (isLeaving(qmp)) return
    if (await context.processes.waitGone(live.identity, endMs)) return handle.concluded(null)
    live.qmp = null
    setRunState(context, entry, live, null)
  })
  await withTimeout(talk, answerMs).catch(() => {})
}

/** Lets go of a machine's line; the machine runs on. */
export function leave(live: Live): void {
  const line = handles.get(live)?.line
  if (line === undefined) return
  left.add(line)
  line.close()
}

const left = new WeakSet<Qmp>()
const isLeaving = (qmp: Qmp): boolean => left.has(qmp)

/** For so long a machine is what it was when QEMU last answered. */
const freshMs = 250

/** Those of which QEMU said something since it was asked that does not say itself what they are now. */
const doubted = new WeakSet<Live>()

/** QEMU says on its line that a machine stops, and before anything it answers later: just after an answer there is nothing to ask. */
export function isKnownToRun({ live }: Entry): boolean {
  if (live === null || live.runState !== 'running' || doubted.has(live)) return false
  return live.qmp !== null && live.qmp.sinceAnswerMs() < freshMs
}

/** Asks QEMU for its state and shows it. */
export async function refreshStatus(context: ProviderContext, entry: Entry, live: Live): Promise<void> {
  const { qmp } = live
  if (qmp === null) return
  const asked = changes.get(live)
  doubted.delete(live)
  try {
    const { status } = statusSchema.parse(await qmp.execute('query-status', undefined, { timeoutMs: answerMs }))
    // What an event said meanwhile is newer than this answer, though the answer is read later.
    if (changes.get(live) === asked) setRunState(context, entry, live, status)
  } catch (error) {
    // The line closed: its end is told elsewhere. No answer in time: not known, whatever it was before.
    if (error instanceof Failure && error.error.code === 'timeout') setRunState(context, entry, live, null)
  }
}

function onEvent(context: ProviderContext, entry: Entry, live: Live, { name, data }: QmpEvent): void {
  switch (name) {
    case 'RESUME':
      live.remark = null
      setRunState(context, entry, live, 'running')
      break
    case 'STOP':
      setRunState(context, entry, live, 'paused')
      break
    case 'BLOCK_IO_ERROR':
      if (data['action'] !== 'stop') return
      live.remark = { key: data['nospace'] === true ? 'qemu.remark.noSpace' : 'qemu.remark.ioError' }
      break
    case 'SHUTDOWN':
      live.isEnding = true
      setRunState(context, entry, live, 'shutdown')
      return
    case 'SUSPEND':
    case 'WAKEUP':
    case 'WATCHDOG':
    case 'GUEST_PANICKED':
    case 'RESET':
      doubted.add(live)
      break
    default:
      return
  }
  // The event says that something changed; why it stands still is in the state. Not asked while Berth works on it.
  if (entry.holds.length === 0) void refreshStatus(context, entry, live)
}

/** How often a machine's state has changed, so that an answer can be told from an older one. */
const changes = new WeakMap<Live, number>()

function setRunState(context: ProviderContext, entry: Entry, live: Live, runState: string | null): void {
  if (live.runState === runState) return
  changes.set(live, (changes.get(live) ?? 0) + 1)
  live.runState = runState
  live.since = context.host.now().toISOString()
  if (runState === brokenState) blameAccelerator(context, entry, live)
  context.registry.publish(entry)
}

/** QEMU could not carry out what its guest did: under an accelerator that is the accelerator's doing, and the next start goes without. */
function blameAccelerator(context: ProviderContext, entry: Entry, live: Live): void {
  const name = entry.run?.accelerator.name ?? 'tcg'
  const arch = entry.definition?.arch
  if (name === 'tcg' || arch === undefined) return
  live.remark = { key: 'qemu.remark.acceleratorBroke', params: { name: name.toUpperCase() } }
  void context.tools
    .system(arch)
    .then((file) => context.accelerators.distrust(arch, file))
    .catch((error) => context.host.log.warn('qemu.distrust', { error: String(error) }))
}

/**
 * The process is gone. Says how, in the machine's folder and to whoever watches, once nobody holds its disks any more.
 * QEMU takes its pid file away when it ends in good order, so one that is left behind means that it did not.
 */
async function conclude(
  context: ProviderContext,
  entry: Entry,
  live: Live,
  exit: Exit | null,
  done: () => void,
): Promise<void> {
  if (!handles.delete(live)) return
  const { folder, sockets, run } = entry
  const qmp = live.qmp
  live.qmp = null
  qmp?.close()
  const failed = exit !== null && (exit.signal !== null || exit.exitCode !== 0)
  const hasCrashed = !live.isEnding && (failed || (await exists(folder.pid)))
  entry.isLocked = await isLocked(context, entry)
  const said = hasCrashed ? (await readTail(folder.log, run?.logFrom ?? 0)).trim() : ''
  if (run !== null) {
    const how = hasCrashed ? 'crashed' : 'stopped'
    entry.run = { ...run, ended: { at: context.host.now().toISOString(), how, said: said === '' ? null : said } }
    await writeRun(folder, entry.run).catch((error) => context.host.log.error('qemu.run', { error: String(error) }))
  }
  await Promise.all([folder.pid, sockets.qmp, sockets.serial, sockets.vnc].map(remove))
  context.host.log.info('qemu.ended', { uuid: entry.uuid, hasCrashed, ...exit })
  if (entry.live === live) entry.live = null
  await context.registry.refresh(entry)
  context.registry.publish(entry)
  done()
}

/** Whether somebody still holds one of its disks. What cannot be told otherwise is found out at the next start. */
async function isLocked(context: ProviderContext, entry: Entry): Promise<boolean> {
  if (entry.definition === null) return false
  const looks = imagesOf(entry.definition, entry.folder).map((image) =>
    context.images.info(image, false, quietOp).then(
      () => false,
      (error: unknown) => error instanceof Failure && error.error.code === 'in-use',
    ),
  )
  return (await Promise.all(looks)).includes(true)
}
