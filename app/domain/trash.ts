import type { Text } from '../messages/text.ts'
import type { AppError } from './errors.ts'
import type { EndpointId, MachineId } from './ids.ts'

/** A machine in the trash: nothing of it is gone until it is purged. */
export interface TrashItem {
  readonly id: string
  readonly endpointId: EndpointId
  readonly machineId: MachineId
  readonly name: string
  /** ISO 8601 UTC. */
  readonly removedAt: string
  /** What a purge frees. */
  readonly sizeBytes: number | null
  readonly snapshotCount: number | null
  /** What is different from one that was removed here; left out when nothing is. */
  readonly note?: Text
  /** Why its permanent deletion began and failed: it cannot be recovered, only deleted again. Left out when none did. */
  readonly purgeError?: AppError
}

/** What removing a machine would do, worked out before anyone is asked. */
export interface RemovalPlan {
  readonly machineId: MachineId
  /** `trash`: it can be brought back. `gone`: it cannot, and the name must be typed. */
  readonly way: 'trash' | 'gone'
  readonly sizeBytes: number | null
  readonly snapshotCount: number
  /** Files and volumes that stay where they are, e.g. a disk used in place, a named volume. */
  readonly stays: readonly string[]
  /** Volumes that go as well if asked. */
  readonly volumes: readonly string[]
  /** Why it cannot be removed now, e.g. a linked clone needs it; null when it can. */
  readonly blockedBy: readonly string[]
}

/** What speaks against deleting machines in the trash permanently. */
export interface PurgePlan {
  /** Machines that use a file of theirs, by name and provider. */
  readonly blockedBy: readonly string[]
  /** Machines and providers that can't be read, and may use a file of theirs. */
  readonly unknown: readonly string[]
}
