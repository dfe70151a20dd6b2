import type { MachineId } from '../../../app/domain/ids.ts'
import type { MachineState } from '../../../app/domain/machine.ts'
import type { TestClient } from '../client.ts'
import { type Change, createLedger, type Known, type Ledger } from './ledger.ts'
import type { Act, Random, Scenario } from './loop.ts'
import type { Substrate } from './substrate.ts'

/** With fewer, one is made; with more, they are removed. */
const fewest = 2
const most = 6
/** Snapshots of a machine beyond which they are deleted too. */
const manySnapshots = 3
const anywhere: readonly MachineState[] = ['running', 'stopped', 'paused']

/** Not up: where a crash of Berth ends its machines, they are found crashed. */
const isOff = (state: MachineState): boolean => state === 'stopped' || state === 'crashed'

type KnownAct = Act & {
  readonly about: MachineId | null
  readonly change: Change
  /** What it is called once it is renamed. */
  readonly renames?: string
}

/** A person who does one thing after another to a few machines, of each kind of thing as often as it is possible. */
export function scenarioOn(substrate: Substrate): Scenario {
  const ledger = createLedger(substrate)
  let names = 0
  let lastValue = 1

  const isWithheld = (verb: string): boolean => substrate.withholds?.includes(verb) === true
  const newName = (): string => {
    names += 1
    return `m${names}`
  }
  const create = (): KnownAct => {
    const spec = substrate.spec(newName())
    return {
      verb: 'create',
      title: 'create',
      about: null,
      change: { makes: [1] },
      begin: (client) => client.call('create.run', { spec }),
    }
  }

  function possible(one: Known, random: Random): readonly KnownAct[] {
    const { id, trashId } = one
    const act = (verb: string, change: Change, begin: Act['begin']): KnownAct => ({
      verb,
      title: `${verb} of ${one.machine.name}`,
      about: id,
      change,
      begin,
    })
    if (trashId !== null) {
      const request = { trashIds: [trashId] }
      return [
        act('recover', { moves: 'from-trash' }, (client) => client.call('trash.recover', request)),
        act('purge', { moves: 'for-good' }, (client) => client.call('trash.purge', request)),
      ]
    }
    return [...ofPower(one, act), ...ofSnapshots(one, act, random), ...ofKeeping(one, act, random)]
  }

  type MakeAct = (verb: string, change: Change, begin: Act['begin']) => KnownAct

  function ofPower({ id, machine }: Known, act: MakeAct): readonly KnownAct[] {
    if (machine.state === 'suspended') {
      return [act('resume', { states: ['running'] }, (client) => client.call('machine.start', { id }))]
    }
    if (isOff(machine.state)) {
      return [act('start', { states: ['running'] }, (client) => client.call('machine.start', { id }))]
    }
    const off = act('powerOff', { states: ['stopped'] }, (client) => client.call('machine.powerOff', { id }))
    if (!substrate.facets.includes('suspend')) return [off]
    return [off, act('suspend', { states: ['suspended'] }, (client) => client.call('machine.suspend', { id }))]
  }

  function ofSnapshots({ id, machine, snapshots, restores }: Known, act: MakeAct, random: Random): readonly KnownAct[] {
    if (machine.state === 'suspended') return []
    const isUp = !isOff(machine.state)
    const request = { id, name: newName(), description: '설명 "x"', memory: isUp && machine.kind === 'vm' }
    const verb = isUp ? 'snapshot of a running one' : 'snapshot'
    const found = [act(verb, { gains: true }, (client) => client.call('snapshot.take', request))]
    const ids = [...snapshots.keys()].filter((one) => !restores.some((restore) => restore.keptId === one))
    const snapshotId = ids[Math.floor(random() * ids.length)]
    if (snapshotId !== undefined) {
      const change = { states: anywhere, values: snapshots.get(snapshotId) ?? [], gains: true }
      found.push(act('restore', change, (client) => client.call('snapshot.restore', { id, snapshotId })))
      if (ids.length > manySnapshots && !isWithheld('delete of a snapshot')) {
        const doomed = { id, snapshotIds: [snapshotId] }
        found.push(
          act('delete of a snapshot', { loses: [snapshotId] }, (client) => client.call('snapshot.delete', doomed)),
        )
      }
    }
    const [restore] = restores
    if (restore === undefined) return found
    const { keptId } = restore
    const byRestore = { id, restoreId: restore.id }
    const undone = {
      states: anywhere,
      values: snapshots.get(keptId) ?? [],
      gains: true,
      loses: [keptId],
      swaps: keptId,
    }
    found.push(act('undo', undone, (client) => client.call('restore.undo', byRestore)))
    if (restores.length > 1) {
      found.push(act('letting go', { loses: [keptId] }, (client) => client.call('restore.letGo', byRestore)))
      // The ordinary snapshot may be another one than the copy was.
      const kept = { loses: [keptId], gains: true, gained: snapshots.get(keptId) ?? [] }
      found.push(act('keeping', kept, (client) => client.call('restore.keep', { ...byRestore, name: 'kept' })))
    }
    return found
  }

  function ofKeeping({ id, machine, values, snapshots }: Known, act: MakeAct, random: Random): readonly KnownAct[] {
    if (!isOff(machine.state)) return []
    const name = newName()
    const found: KnownAct[] = []
    if (random() < 0.2) {
      found.push({ ...act('rename', {}, (client) => client.call('machine.rename', { id, name })), renames: name })
    }
    if (ledger.machines().size >= most) {
      const request = { id, volumes: [], typedName: null }
      found.push(act('remove', { moves: 'to-trash' }, (client) => client.call('machine.remove', request)))
    } else if (substrate.facets.includes('clone')) {
      // A disk with snapshots of its own can't be stood on.
      const canLink = snapshots.size === 0 && !isWithheld('linked clone')
      const mode = canLink && random() < 0.7 ? 'linked' : 'full'
      const request = { id, name, mode, snapshotId: null } as const
      found.push(act(`${mode} clone`, { makes: values }, (client) => client.call('machine.clone', request)))
    }
    return found
  }

  /** Makes a machine hold another number; where its guest does that, the machine is on afterwards and its guest at work. */
  async function change(client: TestClient, { id, machine, values }: Known): Promise<void> {
    const { work, write } = substrate
    const value = (lastValue % 250) + 1
    if (work !== undefined) {
      if (machine.state !== 'running') {
        await client.succeeded(await client.call('machine.start', { id }))
        const wrong = await ledger.check(client, id, { states: ['running'] }, false)
        if (wrong.length > 0) throw new Error(wrong.join('\n'))
      }
      await work(client, machine, value, ledger.machines().get(id)?.values ?? values)
    } else if (write !== undefined && isOff(machine.state)) await write(machine, value)
    else return
    lastValue = value
    ledger.wrote(id, value)
  }

  /** What an act that was said to be done has not done, or what was taken back of it since. */
  function unkept(
    { verb, about, change, renames }: KnownAct,
    before: ReturnType<Ledger['machines']>,
  ): readonly string[] {
    const now = ledger.machines()
    if (change.makes !== undefined && now.size === before.size) return ['nothing was made']
    if (about === null) return []
    const [was, is] = [before.get(about), now.get(about)]
    if (change.moves === 'for-good') return is === undefined ? [] : ['is still there']
    if (was === undefined || is === undefined) return []
    if (change.moves !== undefined && (is.trashId === null) === (was.trashId === null)) return ['was not moved']
    if (renames !== undefined && is.machine.name !== renames) return [`is called ${is.machine.name}, not ${renames}`]
    const hasKept = /^(?:snapshot|restore)/.test(verb) && is.snapshots.size <= was.snapshots.size
    if (hasKept) return [`has no snapshot more after ${verb}`]
    const isDeleted = /^(?:delete|letting)/.test(verb) && (change.loses ?? []).some((id) => is.snapshots.has(id))
    return isDeleted ? ['still has the snapshot that was deleted'] : []
  }

  return {
    home: substrate.home,
    env: substrate.env,
    async prepare(client) {
      for (let made = 0; made < fewest; made += 1) {
        const act = create()
        await client.succeeded(await act.begin(client))
        const wrong = await ledger.check(client, null, act.change, false)
        if (wrong.length > 0) throw new Error(wrong.join('\n'))
      }
    },
    async choose(random, client) {
      const all = [...ledger.machines().values()]
      const one = all[Math.floor(random() * all.length)]
      const isFew = all.filter(({ trashId }) => trashId === null).length < fewest
      if (one === undefined || isFew || (all.length < most && random() < 0.1)) return create()
      if (one.trashId === null && random() < 0.7) await change(client, one)
      const acts = possible(ledger.machines().get(one.id) ?? one, random)
      return acts[Math.floor(random() * acts.length)] ?? create()
    },
    async check(client, act, done, stopsMachines) {
      const { about, change } = act as KnownAct
      const before = ledger.machines()
      const wrong = await ledger.check(client, about, change, stopsMachines)
      return done?.state === 'succeeded' ? [...wrong, ...unkept(act as KnownAct, before)] : wrong
    },
    toolProcesses: async () => substrate.toolProcesses?.() ?? [],
    revive: async () => substrate.revive?.(),
    ...(substrate.cut === undefined ? {} : { cut: substrate.cut }),
    close: substrate.close,
  }
}
