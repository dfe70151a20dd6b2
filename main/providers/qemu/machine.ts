import { basename } from 'node:path'
import { machineId } from '../../../app/domain/ids.ts'
import type { Machine, MachineState } from '../../../app/domain/machine.ts'
import type { Verb } from '../../../app/domain/verbs.ts'
import type { Text } from '../../../app/messages/text.ts'
import type { Definition } from './definitions.ts'
import { lostFileOf } from './lost-file.ts'
import type { RunRecord } from './run-record.ts'
import { meaningOf } from './states.ts'

export const providerId = 'qemu'
export const endpointId = 'qemu:local'

/** All that a machine's row depends on. */
export interface ObservedState {
  readonly uuid: string
  /** null when its file cannot be read. */
  readonly definition: Definition | null
  /** What it is called, where only that can be read of its file. */
  readonly name: string | null
  /** null when no process of it is there. */
  readonly live: {
    /** null when QEMU does not answer. */
    readonly runState: string | null
    readonly since: string
    /** What an event told that the run state does not. */
    readonly remark: Text | null
  } | null
  readonly run: RunRecord | null
  readonly isSuspended: boolean
  /** A disk or disc that is not where it should be. */
  readonly missingPath: string | null
  /** Its process is gone but somebody still holds its disk. */
  readonly isLocked: boolean
  /** What is shown while Berth itself is at work on it. */
  readonly held: MachineState | null
}

/** A machine as the list shows it. */
export function machineOf(observedState: ObservedState): Machine {
  const { uuid, definition, live } = observedState
  const { state, nativeState, remark, needsHelp = false } = stateOf(observedState)
  return {
    id: machineId(providerId, uuid),
    endpointId,
    kind: 'vm',
    name: definition?.name ?? observedState.name ?? uuid,
    state: observedState.held ?? state,
    nativeState,
    os: null,
    arch: definition?.arch ?? null,
    cpus: definition?.cpus ?? null,
    memoryBytes: definition?.memoryBytes ?? null,
    since: live?.since ?? observedState.run?.ended?.at ?? definition?.createdAt ?? null,
    addresses: addressesOf(definition),
    withheld: definition === null ? {} : withheldFrom(observedState, definition),
    remark,
    needsHelp,
    lostFile: definition === null || live !== null ? null : lostFileOf(definition, observedState.missingPath),
  }
}

function stateOf(observedState: ObservedState): {
  readonly state: MachineState
  readonly nativeState: string
  readonly remark: Text | null
  readonly needsHelp?: boolean
} {
  const { live, run } = observedState
  if (live !== null) {
    if (live.runState === null) {
      return { state: 'unknown', nativeState: 'no answer', remark: { key: 'qemu.remark.noAnswer' } }
    }
    const meaning = meaningOf(live.runState)
    return { ...meaning, nativeState: live.runState, remark: live.remark ?? meaning.remark }
  }
  if (observedState.definition === null) {
    return { state: 'inaccessible', nativeState: 'unreadable', remark: { key: 'kept.remark.unreadable' } }
  }
  if (observedState.isLocked) return { state: 'unknown', nativeState: 'locked', remark: { key: 'qemu.remark.locked' } }
  const missing: Text | null =
    observedState.missingPath === null
      ? null
      : { key: 'kept.remark.missing', params: { file: basename(observedState.missingPath) } }
  if (observedState.isSuspended)
    return { state: 'suspended', nativeState: 'suspended', remark: missing, needsHelp: missing !== null }
  if (run?.ended?.how === 'crashed') {
    const said = run.ended.said?.trim().split('\n').at(-1) ?? ''
    const crash: Text =
      said === '' ? { key: 'qemu.remark.crashed' } : { key: 'qemu.remark.crashedSaying', params: { said } }
    return { state: 'crashed', nativeState: 'crashed', remark: missing ?? crash, needsHelp: missing !== null }
  }
  return { state: 'stopped', nativeState: 'off', remark: missing, needsHelp: missing !== null }
}

/** Why its snapshots cannot be had at all; null when they can. */
export function snapshotObstacle(definition: Definition): Text | null {
  if (definition.disks.length === 0) return { key: 'qemu.why.noDisk' }
  const other = definition.disks.find(({ format }) => format !== 'qcow2')
  return other === undefined ? null : { key: 'qemu.why.format', params: { format: other.format } }
}

/** Formats whose drivers forbid writing the machine's memory out. */
function suspendObstacle(definition: Definition): Text | null {
  const other = definition.disks.find(({ format }) => format !== 'qcow2' && format !== 'raw')
  return other === undefined ? null : { key: 'qemu.why.suspendFormat', params: { format: other.format } }
}

function withheldFrom(observedState: ObservedState, definition: Definition): Readonly<Partial<Record<Verb, Text>>> {
  const withheld: Partial<Record<Verb, Text>> = {}
  const snapshots = snapshotObstacle(definition)
  if (snapshots !== null) {
    for (const verb of ['snapshot', 'restore', 'undoRestore'] as const) withheld[verb] = snapshots
  }
  const suspend = suspendObstacle(definition)
  if (suspend !== null) withheld.suspend = suspend
  if (observedState.live !== null) {
    withheld.clone = { key: 'kept.why.cloneRunning' }
    withheld.remove = { key: 'kept.why.removeRunning' }
  }
  return withheld
}

/** Where its forwarded ports are reached. */
function addressesOf(definition: Definition | null): readonly string[] {
  if (definition === null || definition.network.mode === 'none') return []
  return definition.network.forwards.map(
    ({ hostAddress, hostPort }) =>
      `${hostAddress === '' || hostAddress === '0.0.0.0' ? '127.0.0.1' : hostAddress}:${hostPort}`,
  )
}
