import { failure } from '../../../app/domain/errors.ts'
import type { MachineId, SnapshotId } from '../../../app/domain/ids.ts'
import type { Machine, MachineState } from '../../../app/domain/machine.ts'
import type { RestoreRecord, Snapshot } from '../../../app/domain/snapshot.ts'
import type { ConfigureSpec, Forward } from '../../../app/domain/spec.ts'
import type { TrashItem } from '../../../app/domain/trash.ts'
import type { MessageKey, Text } from '../../../app/messages/text.ts'
import { createEmitter } from '../../../app/util/emitter.ts'
import type { Host, Op, ProviderChange } from '../provider.ts'

/** What goes wrong with a machine, so that the window can be seen when it does. */
export type Quirk =
  | 'deaf' // never answers a request to shut down
  | 'drive-gone' // start fails, with raw output
  | 'no-space' // nothing can be kept before a restore
  | 'restore-fails' // the snapshot's memory is refused after the present was kept
  | 'no-shell'
  | 'no-address'
  | 'restless' // starts and stops by itself, as if someone else did it

/** Where the disk of a machine was whose drive is gone. */
export const drivePath = (name: string): string => `/Volumes/Archive/${name}.qcow2`

/** The guest's own files: what a snapshot holds and a restore brings back. */
export type Files = ReadonlyMap<string, string>

export interface Saved {
  readonly snapshot: Snapshot
  readonly files: Files
  readonly running: boolean
}

/** A pretended machine. Replaced whole on every change, never mutated. */
export interface MockMachine {
  readonly machine: Machine
  readonly quirks: readonly Quirk[]
  readonly files: Files
  readonly saved: readonly Saved[]
  readonly currentId: SnapshotId | null
  readonly restores: readonly RestoreRecord[]
  readonly diskBytes: number
  readonly forwards: readonly Forward[]
  readonly volumes: readonly string[]
  readonly settings: ConfigureSpec
  /** The machine whose disk this linked clone still needs. */
  readonly linkedTo: MachineId | null
}

/** Everything one pretended provider knows, and how it says what changed. */
export interface ProviderContext {
  readonly host: Host
  /** Delays are divided by this. */
  readonly speed: number
  readonly machines: Map<MachineId, MockMachine>
  readonly trash: Map<string, { readonly item: TrashItem; readonly mock: MockMachine }>
  readonly watch: (listener: (change: ProviderChange) => void) => () => void
  readonly tell: (change: ProviderChange) => void
  readonly now: () => string
  readonly nextId: (prefix: string) => string
  /** The machine, or `not-found`. */
  readonly of: (id: MachineId) => MockMachine
  /** Writes a machine and says so. */
  readonly put: (mock: MockMachine) => void
  readonly change: (id: MachineId, change: Partial<MockMachine>) => void
  readonly setState: (id: MachineId, state: MachineState, remark?: Text | null) => void
  readonly delete: (id: MachineId) => void
  /** Time passing, ended by the op's signal with `cancelled`. */
  readonly wait: (delayMs: number, op: Op) => Promise<void>
  /** The same with a bar from `from` to `to`, and a sentence of its own. */
  readonly work: (delayMs: number, op: Op, step: MessageKey | null, from?: number, to?: number) => Promise<void>
}

const nativeStates: Readonly<Partial<Record<MachineState, string>>> = {
  stopped: 'shut off',
  crashed: 'guest-panicked',
  suspended: 'saved',
  working: 'finish-migrate',
}

export function createContext(host: Host, speed: number): ProviderContext {
  const machines = new Map<MachineId, MockMachine>()
  const listeners = createEmitter<ProviderChange>((error) => host.log.error('mock.listener', { error: String(error) }))
  let counter = 0

  const of = (id: MachineId): MockMachine => {
    const mock = machines.get(id)
    if (mock === undefined) throw failure('not-found', { key: 'error.machineGone' })
    return mock
  }
  const put = (mock: MockMachine): void => {
    machines.set(mock.machine.id, mock)
    listeners.emit({ kind: 'upsert', machine: mock.machine })
  }
  const wait = async (delayMs: number, op: Op): Promise<void> => {
    throwIfCancelled(op)
    await new Promise<void>((resolve, reject) => {
      const cancel = (): void => {
        clearTimeout(timer)
        reject(cancelled())
      }
      const timer = setTimeout(() => {
        op.signal.removeEventListener('abort', cancel)
        resolve()
      }, delayMs / speed)
      op.signal.addEventListener('abort', cancel, { once: true })
    })
  }
  const now = (): string => host.now().toISOString()

  return {
    host,
    speed,
    machines,
    trash: new Map(),
    watch: listeners.on,
    tell: listeners.emit,
    now,
    nextId(prefix) {
      counter += 1
      return `${prefix}${counter.toString(36)}-${host.now().getTime().toString(36)}`
    },
    of,
    put,
    change: (id, change) => put({ ...of(id), ...change }),
    setState(id, state, remark = null) {
      const mock = of(id)
      put({
        ...mock,
        machine: { ...mock.machine, state, nativeState: nativeStates[state] ?? state, since: now(), remark },
      })
    },
    delete(id) {
      if (machines.delete(id)) listeners.emit({ kind: 'removed', id })
    },
    wait,
    async work(delayMs, op, step, from = 0, to = 1) {
      const steps = Math.max(1, Math.min(40, Math.round(delayMs / 100)))
      for (let done = 0; done < steps; done += 1) {
        const fraction = from + ((to - from) * done) / steps
        op.progress({ text: step === null ? null : { key: step }, fraction })
        await wait(delayMs / steps, op)
      }
    },
  }
}

export function cancelled() {
  return failure('cancelled', { key: 'error.cancelled' })
}

export function throwIfCancelled(op: Op): void {
  if (op.signal.aborted) throw cancelled()
}

/** Shows a busy state while `job` runs; when it fails the machine is as it was. */
export async function whileBusy<T>(
  context: ProviderContext,
  id: MachineId,
  busy: MachineState,
  job: () => Promise<T>,
): Promise<T> {
  const before = context.of(id)
  context.setState(id, busy)
  try {
    return await job()
  } catch (error) {
    if (context.machines.get(id)?.machine.state === busy) {
      context.change(id, { machine: { ...context.of(id).machine, ...pick(before.machine) } })
    }
    throw error
  }
}

function pick({ state, nativeState, since, remark }: Machine) {
  return { state, nativeState, since, remark }
}

/** Writes down a request as if a tool had been asked, so that Activity has something to show. */
export function recordCommand(
  context: ProviderContext,
  op: Op,
  line: string,
  output: string | null,
  exitCode: number,
): void {
  op.record({
    kind: 'process',
    line,
    startedAt: context.now(),
    durationMs: Math.round(180 / context.speed),
    exitCode,
    outcome: exitCode === 0 ? 'ok' : 'failed',
    output,
  })
}
