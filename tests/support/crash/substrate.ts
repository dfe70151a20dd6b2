import type { EndpointId, MachineId } from '../../../app/domain/ids.ts'
import type { Machine } from '../../../app/domain/machine.ts'
import type { Capability } from '../../../app/domain/provider.ts'
import type { SnapshotTree } from '../../../app/domain/snapshot.ts'
import type { CreateSpec } from '../../../app/domain/spec.ts'
import type { TestClient } from '../client.ts'
import type { ToolProcess } from './loop.ts'

/** The real thing below a provider, looked at and written to past Berth. */
export interface Substrate {
  readonly home: string
  readonly env: Readonly<Record<string, string>>
  readonly facets: readonly Capability[]
  /** Its machines end with Berth: one that was up has crashed after a kill. */
  readonly endsWithBerth?: true
  /** Verbs that are left out here, because what they may leave is not in the ledger or their refusal is right. */
  readonly withholds?: readonly string[]
  readonly endpointId: () => EndpointId
  /** Of a new machine; it holds 1. */
  readonly spec: (name: string) => CreateSpec
  /** How many times it runs. */
  readonly runs: (machine: Machine) => Promise<number>
  /** Makes the stopped machine hold a number; left out where its guest does that itself. */
  readonly write?: (machine: Machine, value: number) => Promise<void>
  /**
   * Lets the guest of the running machine make it hold a number, and then write to its disk all the time. Rejects when the guest
   * itself finds that it holds none of `values`.
   */
  readonly work?: (client: TestClient, machine: Machine, value: number, values: readonly number[]) => Promise<void>
  /** What it holds; null when it is neither number; undefined when it cannot be told while it runs. */
  readonly read: (machine: Machine) => Promise<number | null | undefined>
  /** What is wrong with what it is kept in. */
  readonly damage: (machine: Machine, tree: SnapshotTree) => Promise<readonly string[]>
  /** What is there beside these machines and no one shows. */
  readonly leftovers: (
    machines: readonly Machine[],
    trees: ReadonlyMap<MachineId, SnapshotTree>,
    trash: readonly MachineId[],
  ) => Promise<readonly string[]>
  /** Called as the power goes: what guests say from here on is said by nobody. */
  readonly cut?: () => void
  /** Processes of the tool that work for it. */
  readonly toolProcesses?: () => Promise<readonly ToolProcess[]>
  /** Starts again what of the tool does not start by itself. */
  readonly revive?: () => Promise<void>
  readonly close: () => Promise<void>
}
