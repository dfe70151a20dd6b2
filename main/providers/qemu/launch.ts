import { mkdir } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { failure } from '../../../app/domain/errors.ts'
import type { Detached } from '../../exec/command.ts'
import { readTail, remove, rotate } from '../common/files.ts'
import { launchFailure } from '../common/images/errors.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { Op } from '../provider.ts'
import type { AcceleratorChoice } from './accelerator.ts'
import { qemuArguments } from './commands.ts'
import { diskChains } from './disk-chains.ts'
import { adopt, type Live } from './live.ts'
import type { Entry, Known } from './machine-registry.ts'
import type { ProviderContext } from './provider-context.ts'
import { connectQmp, type Qmp } from './qmp.ts'
import { type RunRecord, writeRun } from './run-record.ts'

/** From the process's start to its greeting. QEMU opens its disks and makes its memory in between. */
const greetingMs = 60_000
/** The socket appears within tens of milliseconds; looking for it costs microseconds. */
const lookEveryMs = 2
const maxLogBytes = 1024 * 1024
const maxSerialLogBytes = 8 * 1024 * 1024
/** What a socket's path may hold on every system. */
const maxSocketBytes = 103

export interface LaunchOptions {
  /** null takes what the accelerator test says. */
  readonly accelerator: AcceleratorChoice | null
  readonly incoming: boolean
}

/**
 * Starts a machine's process and takes it over, held before its first instruction. On any failure there is no process and
 * the failure says what QEMU said.
 */
export async function launch(context: ProviderContext, known: Known, options: LaunchOptions, op: Op): Promise<Live> {
  const { entry, definition } = known
  const { folder, sockets } = entry
  if (Buffer.byteLength(sockets.serial) > maxSocketBytes) {
    throw failure('unsupported', { key: 'qemu.error.socketPath' }, { detail: sockets.serial })
  }
  const [file, logFrom, chains] = await Promise.all([
    context.tools.system(definition.arch),
    rotate(folder.log, maxLogBytes),
    diskChains(definition, folder),
    rotate(folder.serialLog, maxSerialLogBytes),
    remove(sockets.qmp),
    remove(sockets.serial),
    remove(sockets.vnc),
    mkdir(context.host.runtimeDir, { recursive: true, mode: 0o700 }),
  ])
  const accelerator = options.accelerator ?? (await context.accelerators.verdict(definition.arch, file)).choice
  throwIfCancelled(op)
  const args = qemuArguments({ definition, chains, folder, sockets, accelerator, incoming: options.incoming })
  const run: RunRecord = {
    version: 1,
    startedAt: context.host.now().toISOString(),
    accelerator,
    process: null,
    logFrom,
    ended: null,
  }
  // Before the process is there: after a crash of ours, a run without a number is looked for by its uuid.
  await writeRun(folder, run)
  entry.run = run
  try {
    return await begin(context, entry, run, { file, args, cwd: folder.path, logPath: folder.log }, op)
  } catch (error) {
    await note(context, entry, { ...run, ended: { at: context.host.now().toISOString(), how: 'stopped', said: null } })
    throw error
  }
}

async function begin(
  context: ProviderContext,
  entry: Entry,
  run: RunRecord,
  command: { readonly file: string; readonly args: readonly string[]; readonly cwd: string; readonly logPath: string },
  op: Op,
): Promise<Live> {
  // Whoever cancels ends the process by its number, below: `detach` itself is not to be left half-way.
  const process = await context.host.exec.detach(command, { signal: new AbortController().signal, record: op.record })
  const identity = await context.processes.identify(process.pid)
  const qmp = identity === null ? null : await reachLine(entry.sockets.qmp, process, op.signal)
  if (identity === null || qmp === null) {
    if (identity !== null) await context.processes.signal(identity, 'SIGKILL')
    const ending = await process.exited
    throwIfCancelled(op)
    throw launchFailure(await readTail(entry.folder.log, run.logFrom), ending)
  }
  const [live] = await Promise.all([
    adopt(context, entry, { identity, qmp, exited: process.exited }),
    note(context, entry, { ...run, process: identity }),
  ])
  return live
}

/** What there is no room for is not lost: a run without a number is looked for by its uuid, and one that ended is not found. */
async function note(context: ProviderContext, entry: Entry, run: RunRecord): Promise<void> {
  entry.run = run
  await writeRun(entry.folder, run).catch((error) => context.host.log.error('qemu.run', { error: String(error) }))
}

/** Connects as soon as QEMU listens. null when the process ended, the time is over or the person cancelled. */
async function reachLine(path: string, process: Detached, signal: AbortSignal): Promise<Qmp | null> {
  const until = performance.now() + greetingMs
  let isOver = false
  void process.exited.then(() => {
    isOver = true
  })
  while (!isOver && !signal.aborted && performance.now() < until) {
    const qmp = connectQmp(path)
    const isReady = await qmp.ready.then(
      () => true,
      () => false,
    )
    if (isReady) return qmp
    await delay(lookEveryMs)
  }
  return null
}
