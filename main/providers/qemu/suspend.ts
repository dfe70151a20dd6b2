import { z } from 'zod'
import { failure } from '../../../app/domain/errors.ts'
import { removeDurably, renameDurably, syncFile } from '../../state/durable.ts'
import { noticeOf } from '../../state/read-state.ts'
import { readRecord } from '../../state/record.ts'
import { reportReading, writtenAt } from '../common/definition-file.ts'
import { readTail, remove, writeJson } from '../common/files.ts'
import { launchFailure } from '../common/images/errors.ts'
import { memoryInUse } from '../common/memory.ts'
import { quietOp } from '../common/op.ts'
import { checkSpace } from '../common/space.ts'
import type { Host, Op, SuspendOps } from '../provider.ts'
import { type AcceleratorChoice, acceleratorSchema } from './accelerator.ts'
import { type Hardware, hardwareFailure, hardwareOf, hardwareSchema } from './hardware.ts'
import { launch } from './launch.ts'
import { type Folder, memoryFile } from './layout.ts'
import { type Live, recheck } from './live.ts'
import type { Entry, Known } from './machine-registry.ts'
import { endProcess, letRunOrEnd, lineOf } from './power.ts'
import type { ProviderContext } from './provider-context.ts'
import type { Qmp } from './qmp.ts'

/** What a kept memory belongs to. */
export interface Suspended {
  readonly version: 1
  readonly at: string
  /** null when it cannot be read, of a machine that cannot be read either. */
  readonly hardware: Hardware | null
  /** null when it cannot be read: without it the memory cannot be loaded. */
  readonly accelerator: AcceleratorChoice | null
  /** Whether it goes on running if suspending fails. */
  readonly wasRunning: boolean
}

const migrationSchema = z.object({
  status: z.string().optional(),
  'error-desc': z.string().optional(),
  ram: z.object({ remaining: z.number(), total: z.number() }).optional(),
})
const endings: readonly string[] = ['completed', 'failed', 'cancelled']
const tellEveryMs = 500
/** More than any disk takes: QEMU's own limit is meant for networks. */
const maxBandwidth = 64 * 1024 * 1024 * 1024

/** Written before the memory is, and renamed to `suspended.json` when all of it is on the disk. */
export function suspendingFile(folder: Folder): string {
  return folder.file('suspending.json')
}

async function suspend(context: ProviderContext, { entry, definition }: Known, op: Op): Promise<void> {
  if (entry.live !== null) await recheck(context, entry)
  const { live, folder, run } = entry
  if (live === null || run === null) {
    const { name } = context.registry.machine(entry)
    throw failure('wrong-state', { key: 'why.state.stopped', params: { name } })
  }
  const qmp = lineOf(entry)
  await checkSpace(folder.path, memoryInUse(context.host, live.identity.pid, definition.memoryBytes))
  await context.registry.withTransientState(entry, 'suspending', async () => {
    const suspended: Suspended = {
      version: 1,
      at: context.host.now().toISOString(),
      hardware: hardwareOf(definition),
      accelerator: run.accelerator,
      wasRunning: live.runState === 'running',
    }
    await writeJson(suspendingFile(folder), suspended)
    try {
      if (suspended.wasRunning) await qmp.execute('stop', undefined, { op })
      await saveMemory(qmp, op)
    } catch (error) {
      await giveUp(context, entry, live, suspended)
      throw error
    }
    await finishSuspend(context, entry, op)
  })
}

/** The memory is written: makes it count, then ends the process. Done again after a crash of Berth without harm. */
export async function finishSuspend(context: ProviderContext, entry: Entry, op: Op): Promise<void> {
  const { folder } = entry
  await syncFile(folder.memory)
  await renameDurably(suspendingFile(folder), folder.suspended)
  await endProcess(context, entry, op)
  await context.registry.refresh(entry)
}

/**
 * Takes a suspend back: the machine goes on as it was. While it cannot, what was under way stays written down, and the next Berth
 * tries again.
 */
export async function giveUp(context: ProviderContext, entry: Entry, live: Live, suspended: Suspended): Promise<void> {
  if (suspended.wasRunning && !live.isEnding) {
    try {
      await live.qmp?.execute('cont')
    } catch (error) {
      context.host.log.warn('qemu.suspend.giveUp', { uuid: entry.uuid, error: String(error) })
      return
    }
  }
  await remove(entry.folder.memory)
  await remove(suspendingFile(entry.folder))
}

/** Writes the memory into the machine's folder, which QEMU stands in: no path of a person's is in the command. */
async function saveMemory(qmp: Qmp, op: Op): Promise<void> {
  await qmp.execute('migrate-set-capabilities', { capabilities: [{ capability: 'events', state: true }] })
  await qmp.execute('migrate-set-parameters', { 'max-bandwidth': maxBandwidth })
  const cancel = (): void => void qmp.execute('migrate_cancel').catch(() => {})
  op.signal.addEventListener('abort', cancel, { once: true })
  try {
    const ended = migrationEnd(qmp, op)
    await qmp.execute('migrate', { uri: `exec:umask 077 && cat > ${memoryFile}` }, { op })
    const { status, error } = await ended
    if (status === 'completed') return
    if (op.signal.aborted) throw failure('cancelled', { key: 'error.cancelled' })
    throw failure('tool-failed', { key: 'qemu.error.suspend' }, { detail: error ?? status })
  } finally {
    op.signal.removeEventListener('abort', cancel)
  }
}

/**
 * Waits for a migration to end, telling how far it is. A line that closes counts as failed. One that has `begun` may have ended
 * before anybody listened.
 */
export function migrationEnd(
  qmp: Qmp,
  op: Op,
  when: 'to-begin' | 'begun' = 'to-begin',
): Promise<{ readonly status: string; readonly error: string | null }> {
  return new Promise((resolve) => {
    const settle = async (status: string): Promise<void> => {
      stop()
      clearInterval(teller)
      const about = await qmp.execute('query-migrate').then(
        (value) => migrationSchema.safeParse(value).data,
        () => undefined,
      )
      resolve({ status, error: about?.['error-desc'] ?? null })
    }
    const stop = qmp.on(({ name, data }) => {
      const status = String(data['status'])
      if (name === 'MIGRATION' && endings.includes(status)) void settle(status)
    })
    const teller = setInterval(async () => {
      const ram = migrationSchema.safeParse(await qmp.execute('query-migrate').catch(() => null)).data?.ram
      if (ram !== undefined && ram.total > 0) op.progress({ text: null, fraction: 1 - ram.remaining / ram.total })
    }, tellEveryMs)
    void qmp.closed.then(() => settle('failed'))
    if (when === 'to-begin') return
    void migrationStatus(qmp).then(
      (status) => {
        if (endings.includes(status)) void settle(status)
      },
      () => {},
    )
  })
}

/**
 * Whether the memory is written to its end. That a migration was completed does not say so: it may be the one by which the machine
 * was resumed.
 */
export async function isMemoryWritten(qmp: Qmp): Promise<boolean> {
  return z.object({ status: z.string() }).parse(await qmp.execute('query-status')).status === 'postmigrate'
}

/** What a line's last migration came to: `none` when there was none. */
export async function migrationStatus(qmp: Qmp): Promise<string> {
  return migrationSchema.parse(await qmp.execute('query-migrate')).status ?? 'none'
}

/** Goes on from the kept memory. It is given up only once all of it is in the machine. */
export async function resumeFromDisk(context: ProviderContext, known: Known, op: Op): Promise<void> {
  const { entry, definition } = known
  const { folder } = entry
  const suspended = readMarker(context, folder.suspended, entry)
  if (suspended === null) throw failure('not-found', { key: 'qemu.error.resume' }, { detail: folder.suspended })
  const { hardware, accelerator } = suspended
  const unfit = hardware === null ? null : hardwareFailure(hardware, hardwareOf(definition))
  if (unfit !== null) throw unfit
  if (accelerator === null) {
    throw failure('output-unreadable', { key: 'qemu.error.resume' }, { detail: `${folder.suspended}\naccelerator` })
  }
  const live = await launch(context, known, { accelerator, incoming: true }, op)
  try {
    await loadMemory(lineOf(entry), op)
  } catch (error) {
    live.isEnding = true
    await endProcess(context, entry, quietOp)
    if (op.signal.aborted) throw failure('cancelled', { key: 'error.cancelled' })
    const said = await readTail(folder.log, entry.run?.logFrom ?? 0)
    throw failure(
      'tool-failed',
      { key: 'qemu.error.resume' },
      {
        hint: { key: 'qemu.error.resume.hint' },
        detail: launchFailure(said, { exitCode: null, signal: null }).error.detail,
        cause: error,
      },
    )
  }
  // From the first instruction on the disks go their own way: the memory must not be used a second time.
  await removeMarker(context.host, folder)
  entry.isSuspended = false
  await letRunOrEnd(context, entry, live, quietOp)
  await remove(folder.memory)
}

async function loadMemory(qmp: Qmp, op: Op): Promise<void> {
  await qmp.execute('migrate-set-capabilities', { capabilities: [{ capability: 'events', state: true }] })
  const abort = (): void => qmp.close()
  op.signal.addEventListener('abort', abort, { once: true })
  try {
    const ended = migrationEnd(qmp, op)
    await qmp.execute('migrate-incoming', { uri: `exec:cat ${memoryFile}` }, { op, timeoutMs: null })
    const { status, error } = await ended
    if (status !== 'completed') throw failure('tool-failed', { key: 'qemu.error.resume' }, { detail: error ?? status })
  } finally {
    op.signal.removeEventListener('abort', abort)
  }
}

/**
 * Reads what is said of a kept memory, field by field: null when nothing is. A machine that is suspended is not changed, so what it is
 * now can stand for what it was, and its last start for how it ran. Throws when the system will not let it be read.
 */
export function readMarker({ host }: Pick<ProviderContext, 'host'>, path: string, entry: Entry): Suspended | null {
  const reading = readRecord<Suspended>(path, 1, (fields) => ({
    version: 1,
    at: fields.take('at', z.string(), () => writtenAt(path)),
    hardware: fields.take('hardware', hardwareSchema, entry.definition === null ? null : hardwareOf(entry.definition)),
    accelerator: fields.take('accelerator', acceleratorSchema, entry.run?.accelerator ?? null),
    wasRunning: fields.take('wasRunning', z.boolean(), false),
  }))
  reportReading(host, path, reading)
  if (reading.kind === 'absent') return null
  if ('value' in reading) return reading.value
  throw failure(
    'output-unreadable',
    { key: 'qemu.error.resume' },
    { hint: noticeOf(path, reading)?.text ?? null, detail: `${path}\n${reading.kind} ${reading.trouble}` },
  )
}

/** There is nothing wrong with a file that is gone. */
async function removeMarker({ problems }: Pick<Host, 'problems'>, { suspended }: Folder): Promise<void> {
  await removeDurably(suspended)
  problems?.report(suspended, null)
}

/** Throws the kept memory away. Its word goes first: a memory without one is a rest, a word without memory a promise. */
export async function discardMemory({ host }: Pick<ProviderContext, 'host'>, folder: Folder): Promise<void> {
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
      await discardMemory(context, entry.folder)
      await context.registry.refresh(entry)
      context.registry.publish(entry)
    },
  }
}
