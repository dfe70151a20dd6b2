import type { Text } from '../messages/text.ts'
import type { EndpointId, MachineId } from './ids.ts'
import type { Verb } from './verbs.ts'

export const steadyStates = ['stopped', 'running', 'paused', 'suspended', 'crashed', 'inaccessible', 'unknown'] as const
/** What a machine is when nothing is under way. `suspended`: its memory is kept on disk and it is not running. */
export type SteadyState = (typeof steadyStates)[number]

export const busyStates = ['starting', 'stopping', 'suspending', 'restoring', 'working'] as const
/** `working`: the tool is doing something we did not start, such as merging a snapshot. */
export type BusyState = (typeof busyStates)[number]

export type MachineState = SteadyState | BusyState

export function isBusy(state: MachineState): state is BusyState {
  return (busyStates as readonly string[]).includes(state)
}

export type MachineKind = 'vm' | 'container' | 'environment'

/** A machine as every list shows it. What only its own page shows is in `MachineDetails`. */
export interface Machine {
  readonly id: MachineId
  readonly endpointId: EndpointId
  readonly kind: MachineKind
  /** As the person typed it: may be empty, hold line breaks, or be written right to left. */
  readonly name: string
  readonly state: MachineState
  /** The tool's own word, e.g. `guest-panicked`. Shown, never branched on. */
  readonly nativeState: string
  /** What runs in it, in a few words: `Debian 13`, `postgres:16`. */
  readonly os: string | null
  readonly arch: string | null
  readonly cpus: number | null
  readonly memoryBytes: number | null
  /** When the present state began, ISO 8601 UTC; null when the tool does not say. */
  readonly since: string | null
  /** Addresses by which it is reached from this computer while it is on (`reachableAt`), best first. Empty when not known. */
  readonly addresses: readonly string[]
  /** Verbs its provider has but this machine does not, and why; e.g. a raw disk has no snapshots. */
  readonly withheld: Readonly<Partial<Record<Verb, Text>>>
  /** A short sentence that belongs beside the state: an exit code, an accelerator that is not used. */
  readonly remark: Text | null
  /**
   * Whether its tool stopped it by itself and it goes on only once a person has put something right: a disk is full, say. Or,
   * of one that is off, whether it lacks a file that it cannot start without; `remark` says what it is.
   */
  readonly needsHelp: boolean
  /** The first file that is not where its tool looks for it, where `locate` can say where it is now; null when none is missing. */
  readonly lostFile: LostFile | null
}

/** `settings`: the machine's description. `disc`: a CD or DVD image. */
export interface LostFile {
  readonly kind: 'settings' | 'disk' | 'disc'
  readonly path: string
}

/** Before a file is taken for a machine's `lostFile`. */
export interface LocatePlan {
  /** Providers and machines that could not be asked whether they use the file. */
  readonly unknown: readonly string[]
}

/** Whether nothing of a machine runs. One that cannot be read, or that changes, is not known to be off. */
export function isOff(state: MachineState): boolean {
  return state === 'stopped' || state === 'suspended' || state === 'crashed'
}

/** Where a machine is reached now: one that is off has addresses that lead nowhere, or to another that took its port. */
export function reachableAt({ state, addresses }: Pick<Machine, 'state' | 'addresses'>): readonly string[] {
  return isOff(state) ? [] : addresses
}

/** Whether a machine waits for a person to put something right, and says in its `remark` what. */
export function standsStill({ state, needsHelp }: Pick<Machine, 'state' | 'needsHelp'>): boolean {
  return state === 'paused' && needsHelp
}

/** What the person adds to a machine. Kept by Berth, whatever the provider; all empty until set. */
export interface Annotation {
  readonly pinned: boolean
  readonly tags: readonly string[]
  readonly note: string
}

export const noAnnotation: Annotation = { pinned: false, tags: [], note: '' }
