import { errorOf } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { isBusy, type Machine, type MachineState } from '../../../app/domain/machine.ts'
import type { SnapshotTree } from '../../../app/domain/snapshot.ts'
import { wrongWith } from '../../conformance/tree.ts'
import type { TestClient } from '../client.ts'
import type { Substrate } from './substrate.ts'

/** What must be true of one machine. */
export interface Known {
  readonly id: MachineId
  readonly machine: Machine
  /** What it may hold; several only until that could be looked at after a crash. */
  readonly values: readonly number[]
  /** What each snapshot holds. */
  readonly snapshots: ReadonlyMap<string, readonly number[]>
  readonly restores: readonly { readonly id: string; readonly keptId: string }[]
  readonly trashId: string | null
}

/** What an act may have changed, whether it was done or not. */
export interface Change {
  /** States besides the present one. */
  readonly states?: readonly MachineState[]
  readonly values?: readonly number[]
  /** Snapshots that may be gone. */
  readonly loses?: readonly string[]
  /** Whether it may have one snapshot more. */
  readonly gains?: boolean
  /** What the new snapshot holds, when it is not the machine as it was. */
  readonly gained?: readonly number[]
  /** A kept copy that may have changed places with the present, under the id it had. */
  readonly swaps?: string
  readonly moves?: 'to-trash' | 'from-trash' | 'for-good'
  /** What a machine made by it holds. */
  readonly makes?: readonly number[]
}

/** All that is known to be there, compared with what is found. */
export interface Ledger {
  readonly machines: () => ReadonlyMap<MachineId, Known>
  /** Says that a stopped machine holds another number from now on. */
  readonly wrote: (id: MachineId, value: number) => void
  /** What is wrong after an act about `about`; what was found is expected from now on. */
  readonly check: (
    client: TestClient,
    about: MachineId | null,
    change: Change,
    /** Whether machines that were up may be off. */
    stopsMachines: boolean,
  ) => Promise<readonly string[]>
}

/** What a killed Berth had asked for may still be carried out: how long until all agrees, without a click. */
const settleMs = 60_000

const isUp = ({ state }: Pick<Machine, 'state'>): boolean => state === 'running' || state === 'paused'

interface Look {
  readonly wrong: readonly string[]
  readonly machines: ReadonlyMap<MachineId, Known>
}

export function createLedger(substrate: Substrate): Ledger {
  let expected: ReadonlyMap<MachineId, Known> = new Map()

  async function check(
    client: TestClient,
    about: MachineId | null,
    change: Change,
    stopsMachines: boolean,
  ): Promise<readonly string[]> {
    const deadline = Date.now() + settleMs
    for (;;) {
      const { wrong, machines } = await look(client, about, change, stopsMachines).catch(
        (error: unknown): Look => ({ wrong: [`can’t be looked at: ${String(error)}`], machines: expected }),
      )
      if (wrong.length === 0 || Date.now() > deadline) {
        expected = machines
        return wrong
      }
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }

  async function look(
    client: TestClient,
    about: MachineId | null,
    change: Change,
    stopsMachines: boolean,
  ): Promise<Look> {
    const off: readonly MachineState[] = stopsMachines ? ['crashed', 'stopped'] : []
    const wrong: string[] = []
    const known = new Map(expected)
    const inventory = await client.call('inventory.get')
    const machines = inventory.machines.filter(({ endpointId }) => endpointId === substrate.endpointId())
    const trash = await client.call('trash.list')
    const trees = new Map<MachineId, SnapshotTree>()
    for (const { id, name } of machines) {
      const tree = await client.call('snapshot.tree', { id }).catch((thrown: unknown) => errorOf(thrown))
      if ('snapshots' in tree) trees.set(id, tree)
      else wrong.push(`${name} ${id}: its snapshots can’t be read: ${JSON.stringify(tree)}`)
    }

    for (const one of [...known.values()]) {
      const machine = machines.find(({ id }) => id === one.id) ?? null
      const trashId = trash.find((item) => item.machineId === one.id)?.id ?? null
      const now = await compare(one, one.id === about ? change : {}, off, machine, trashId, trees.get(one.id) ?? null)
      wrong.push(...now.wrong.map((line) => `${one.machine.name} ${one.id}: ${line}`))
      if (now.known === null) known.delete(one.id)
      else known.set(one.id, now.known)
    }

    const made = machines.filter(({ id }) => !known.has(id))
    if (made.length > (change.makes === undefined ? 0 : 1)) {
      wrong.push(`machines nobody made: ${made.map(({ name }) => name).join(', ')}`)
    }
    for (const machine of made) {
      const values = change.makes ?? []
      const fresh: Known = { id: machine.id, machine, values, snapshots: new Map(), restores: [], trashId: null }
      const now = await compare(fresh, { states: ['stopped'] }, off, machine, null, trees.get(machine.id) ?? null)
      wrong.push(...now.wrong.map((line) => `the new ${machine.name} ${machine.id}: ${line}`))
      if (now.known !== null) known.set(machine.id, now.known)
    }
    const unknown = trash.filter((item) => !known.has(item.machineId))
    if (unknown.length > 0)
      wrong.push(`in the trash, and nobody put it there: ${unknown.map(({ name }) => name).join()}`)
    const trashed = trash.map((item) => item.machineId)
    wrong.push(...(await substrate.leftovers(machines, trees, trashed)))
    return { wrong, machines: known }
  }

  async function compare(
    one: Known,
    change: Change,
    /** What a machine that was up may be besides. */
    off: readonly MachineState[],
    machine: Machine | null,
    trashId: string | null,
    tree: SnapshotTree | null,
  ): Promise<{ readonly wrong: readonly string[]; readonly known: Known | null }> {
    const wrong: string[] = []
    const runs = await substrate.runs(machine ?? one.machine)
    if (runs > 1) wrong.push(`runs ${runs} times`)
    if (machine !== null && tree === null) return { wrong, known: { ...one, machine } }
    if (machine === null || tree === null) {
      if (trashId === null) {
        if (change.moves !== 'for-good') wrong.push('is gone')
        return { wrong, known: null }
      }
      if (one.trashId === null && change.moves !== 'to-trash') wrong.push('is in the trash')
      if (runs > 0) wrong.push('runs from the trash')
      return { wrong, known: { ...one, trashId } }
    }
    if (trashId !== null) wrong.push('is in the list and in the trash')
    if (one.trashId !== null && change.moves !== 'from-trash') wrong.push('came out of the trash')

    const states: MachineState[] = [one.machine.state, ...(change.states ?? [])]
    const couldBeUp = states.some((state) => isUp({ state }))
    if (couldBeUp) states.push(...off)
    if (substrate.endsWithBerth === true && couldBeUp) states.push('crashed')
    const { state, nativeState, remark } = machine
    if (!states.includes(state)) {
      wrong.push(`is ${state} (${nativeState}, ${JSON.stringify(remark)}), not ${states.join(' or ')}`)
    }
    if (isBusy(state)) wrong.push(`stays ${state}`)
    if (isUp(machine) !== (runs === 1)) wrong.push(`is ${state}, and runs ${runs} times`)

    // What runs while it is said to be off can't be looked into, and was said above.
    if (!isUp(machine) && runs > 0) return { wrong, known: { ...one, machine } }
    wrong.push(...wrongWith(tree), ...(await substrate.damage(machine, tree)))
    const has = new Set(tree.snapshots.map(({ id }) => id))
    for (const id of one.snapshots.keys()) {
      if (!has.has(id) && !(change.loses ?? []).includes(id)) wrong.push(`lost the snapshot ${id}`)
    }
    const gained = [...has].filter((id) => !one.snapshots.has(id))
    if (gained.length > (change.gains === true ? 1 : 0)) wrong.push(`has snapshots nobody took: ${gained.join(' ')}`)

    const possible = [...new Set([...one.values, ...(change.values ?? [])])]
    const value = await substrate.read(machine)
    if (value === null || (value !== undefined && !possible.includes(value))) {
      wrong.push(`holds ${value}, not ${possible.join(' or ')}`)
    }
    const values = typeof value === 'number' ? [value] : possible
    // What is new was taken of the machine as it was before the act.
    const valuesOf = (id: string): readonly number[] => {
      const before = one.snapshots.get(id) ?? []
      if (gained.includes(id)) return change.gained ?? one.values
      return change.swaps === id ? [...before, ...one.values] : before
    }
    const snapshots = new Map(tree.snapshots.map(({ id }) => [id, valuesOf(id)]))
    const restores = tree.restores.map(({ id, keptId }) => ({ id, keptId }))
    return { wrong, known: { ...one, machine, values, snapshots, restores, trashId: null } }
  }

  return {
    machines: () => expected,
    wrote(id, value) {
      const one = expected.get(id)
      if (one !== undefined) expected = new Map([...expected, [id, { ...one, values: [value] }]])
    },
    check,
  }
}
