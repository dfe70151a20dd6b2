import { basename } from 'node:path'
import { machineId } from '../../../app/domain/ids.ts'
import type { LostFile, Machine, MachineState } from '../../../app/domain/machine.ts'
import type { Verb } from '../../../app/domain/verbs.ts'
import type { Text } from '../../../app/messages/text.ts'
import type { Definition } from './definitions.ts'
import { forwardAddress } from './network.ts'
import type { RunRecord } from './run-record.ts'
import { type Activity, meaningOf, restingState } from './states.ts'

export const providerId = 'builtin'
export const endpointId = 'builtin:local'
export const architecture = 'i386'

/** Of a machine that is on. */
interface LiveSight {
  readonly activity: Activity
  readonly since: string
  readonly lostFolder?: string | null
  readonly isFromDisk?: boolean
}

/** All that a machine's row depends on. */
export interface ObservedState {
  readonly uuid: string
  /** null when its file cannot be read. */
  readonly definition: Definition | null
  /** What it is called, where only that can be read of its file. */
  readonly name: string | null
  /** null when it is off. */
  readonly live: LiveSight | null
  readonly run: RunRecord | null
  readonly isSuspended: boolean
  /** A disk or disc that is not where it should be. */
  readonly missingPath: string | null
  /** What is shown while Berth is at work on it. */
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
    arch: architecture,
    cpus: definition === null ? null : 1,
    memoryBytes: definition?.memoryBytes ?? null,
    since: live?.since ?? observedState.run?.ended?.at ?? definition?.createdAt ?? null,
    // Its ports are listened on by its own thread: while it is off, nobody answers there.
    addresses:
      live === null || definition?.network.mode !== 'user' ? [] : definition.network.forwards.map(forwardAddress),
    withheld: withheldFrom(observedState),
    remark,
    needsHelp,
    lostFile: live === null ? lostFileOf(observedState) : null,
  }
}

/** A disk or disc that is not where it was. */
export function lostFileOf({
  definition,
  missingPath,
}: Pick<ObservedState, 'definition' | 'missingPath'>): LostFile | null {
  if (missingPath === null || definition === null) return null
  return { kind: missingPath === definition.discPath ? 'disc' : 'disk', path: missingPath }
}

function stateOf(observedState: ObservedState): {
  readonly state: MachineState
  readonly nativeState: string
  readonly remark: Text | null
  readonly needsHelp?: boolean
} {
  const { live, definition } = observedState
  if (live !== null) {
    const meaning = meaningOf(live.activity)
    return { ...meaning, remark: meaning.remark ?? remarkOf(live), nativeState: live.activity }
  }
  if (definition === null) {
    return { state: 'inaccessible', nativeState: 'unreadable', remark: { key: 'kept.remark.unreadable' } }
  }
  const missing: Text | null =
    observedState.missingPath === null
      ? null
      : { key: 'kept.remark.missing', params: { file: basename(observedState.missingPath) } }
  const needsHelp = missing !== null
  if (observedState.isSuspended) return { state: 'suspended', nativeState: 'suspended', remark: missing, needsHelp }
  const { state, remark } = restingState(observedState.run)
  return { state, nativeState: observedState.run?.ended?.how ?? 'off', remark: missing ?? remark, needsHelp }
}

/** What a person should know of the present run, for as long as it lasts. */
function remarkOf({ lostFolder = null, isFromDisk }: LiveSight): Text | null {
  if (lostFolder !== null) return { key: 'builtin.remark.sharedFolder', params: { path: lostFolder } }
  return isFromDisk === true ? { key: 'builtin.remark.fromDisk' } : null
}

function withheldFrom({ live }: ObservedState): Readonly<Partial<Record<Verb, Text>>> {
  if (live === null) return {}
  return { clone: { key: 'kept.why.cloneRunning' }, remove: { key: 'kept.why.removeRunning' } }
}
