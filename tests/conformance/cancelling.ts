import { beforeAll, describe, expect, it } from 'vitest'
import { errorOf } from '../../app/domain/errors.ts'
import type { MachineId } from '../../app/domain/ids.ts'
import type { Capability } from '../../app/domain/provider.ts'
import type { Facets, Op } from '../../main/providers/provider.ts'
import { facet, type Ground, make, op, type Setup, steady } from './ground.ts'
import { wrongWith } from './tree.ts'

interface Case {
  readonly name: string
  /** The facet it is of; null for what every provider has. */
  readonly facet: Capability | null
  /** Whether the machine runs when it is called. */
  readonly running: boolean
  /** Whether it only looks: then an answer that was at hand is as good as a refusal. */
  readonly looks: boolean
  readonly call: (ground: Ground, id: MachineId, op: Op) => Promise<unknown>
}

const looking = /^(probe|list|read|details|preview|options|tree|room|plan)$/

const of = <C extends Capability>(
  name: C,
  method: string,
  running: boolean,
  call: (facet: Facets[C], id: MachineId, op: Op, ground: Ground) => Promise<unknown>,
): Case => ({
  name: `${name}.${method}`,
  facet: name,
  looks: looking.test(method),
  running,
  call: (ground, id, op) => call(facet(ground, name), id, op, ground),
})
const always = (name: string, running: boolean, call: Case['call']): Case => ({
  name,
  facet: null,
  looks: looking.test(name),
  running,
  call,
})

/** Every method that a person may wait for, from a state in which it would do something. */
const cases: readonly Case[] = [
  always('probe', false, ({ provider }, _id, op) => provider.probe(op)),
  always('list', false, ({ provider, endpointId }, _id, op) => provider.list(endpointId, op)),
  always('read', false, ({ provider }, id, op) => provider.read(id, op)),
  always('details', false, ({ provider }, id, op) => provider.details(id, op)),
  always('power.start', false, ({ provider }, id, op) => provider.power.start(id, op)),
  always('power.shutDown', true, ({ provider }, id, op) => provider.power.shutDown(id, op)),
  always('power.powerOff', true, ({ provider }, id, op) => provider.power.powerOff(id, op)),
  of('reset', 'reset', true, (reset, id, op) => reset.reset(id, op)),
  of('restart', 'restart', true, (restart, id, op) => restart.restart(id, op)),
  of('pause', 'pause', true, (pause, id, op) => pause.pause(id, op)),
  of('suspend', 'suspend', true, (suspend, id, op) => suspend.suspend(id, op)),
  of('snapshots', 'tree', false, (snapshots, id, op) => snapshots.tree(id, op)),
  of('snapshots', 'room', true, async (snapshots, id, op) => snapshots.room?.(id, 'none', op)),
  of('snapshots', 'take of a running machine', true, (snapshots, id, op, { provider }) =>
    snapshots.take(id, { name: 'cut', description: '', memory: provider.kind === 'vm' }, op),
  ),
  of('snapshots', 'take of a stopped machine', false, (snapshots, id, op) =>
    snapshots.take(id, { name: 'cut', description: '', memory: false }, op),
  ),
  of('consoles', 'options', true, (consoles, id, op) => consoles.options(id, op)),
  of('create', 'create', false, (create, _id, op, ground) => create.create(ground.spec('cut'), op)),
  of('create', 'preview', false, (create, _id, op, ground) => create.preview(ground.spec('cut'), op)),
  of('create', 'options', false, (create, _id, op, { endpointId }) => create.options(endpointId, op)),
  of('clone', 'clone', false, (clone, id, op) => clone.clone(id, { name: 'cut', mode: 'full', snapshotId: null }, op)),
  of('rename', 'rename', false, (rename, id, op) => rename.rename(id, 'cut anew', op)),
  of('configure', 'read', false, (configure, id, op) => configure.read(id, op)),
  of('remove', 'plan', false, (remove, id, op) => remove.plan(id, op)),
  of('remove', 'remove', false, (remove, id, op) => remove.remove(id, { volumes: [] }, op)),
  of('trash', 'list', false, (trash, _id, op) => trash.list(op)),
  of('stats', 'read', true, (stats, id, op) => stats.read([id], op)),
]

const outcomeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (thrown: unknown) => errorOf(thrown).code,
  )

/** That every wait has a way out, and leaves the machine whole. */
export function describeCancelling(ground: () => Ground, { promptMs, facets }: Setup): void {
  const mine = cases.filter((one) => one.facet === null || facets.includes(one.facet))
  const titled = (list: readonly Case[]) => list.map((one) => [one.name, one] as const)
  const prepare = async (running: boolean): Promise<MachineId> => {
    const id = await make(ground(), 'cancelled')
    if (running) await ground().provider.power.start(id, op())
    return id
  }
  const expectWhole = async (id: MachineId): Promise<void> => {
    const tree = await ground().provider.snapshots?.tree(id, op())
    if (tree !== undefined) expect(wrongWith(tree)).toEqual([])
    await ground().provider.power.powerOff(id, op())
    await ground().provider.power.start(id, op())
    expect((await steady(ground(), id)).state).toBe('running')
  }
  /** Calls off what has begun; whether it was done all the same. */
  const callOff = async (one: Case, id: MachineId): Promise<string> => {
    const controller = new AbortController()
    const watched = op(controller.signal)
    const outcome = outcomeOf(one.call(ground(), id, watched))
    await Promise.race([watched.begun, outcome, new Promise((resolve) => setTimeout(resolve, 20))])
    const since = performance.now()
    controller.abort()
    expect(['cancelled', 'done']).toContain(await outcome)
    expect(performance.now() - since).toBeLessThan(promptMs)
    return outcome
  }

  describe('cancelling', () => {
    // What does nothing needs no machine of its own.
    const shared = new Map<boolean, MachineId>()
    const sharedFor = ({ running }: Case): MachineId => shared.get(running) as MachineId
    const expectUnchanged = async (one: Case): Promise<void> => {
      expect((await steady(ground(), sharedFor(one))).state).toBe(one.running ? 'running' : 'stopped')
    }
    beforeAll(async () => {
      for (const running of [false, true]) shared.set(running, await prepare(running))
    })

    it.for(titled(mine))('%s does nothing once it was called off', async ([, one]) => {
      const call = one.call(ground(), sharedFor(one), op(AbortSignal.abort()))
      const since = performance.now()
      expect(one.looks ? ['cancelled', 'done'] : ['cancelled']).toContain(await outcomeOf(call))
      expect(performance.now() - since).toBeLessThan(promptMs)
      await expectUnchanged(one)
    })

    it.for(titled(mine.filter(({ looks }) => looks)))(
      '%s ends soon when it is called off on the way, and nothing has changed',
      async ([, one]) => {
        const before = (await ground().provider.list(ground().endpointId, op())).length
        await callOff(one, sharedFor(one))
        expect(await ground().provider.list(ground().endpointId, op())).toHaveLength(before)
        await expectUnchanged(one)
      },
    )

    it('leaves whole the machines of all that was called off before it did anything', async () => {
      for (const id of shared.values()) await expectWhole(id)
    })

    it.for(titled(mine.filter(({ looks }) => !looks)))(
      '%s ends soon when it is called off on the way, and the machine is whole',
      async ([, one]) => {
        const id = await prepare(one.running)
        const before = (await ground().provider.list(ground().endpointId, op())).length
        const outcome = await callOff(one, id)
        const after = await ground().provider.list(ground().endpointId, op())
        if (outcome === 'cancelled') expect(after).toHaveLength(before)
        if (after.some((machine) => machine.id === id)) {
          expect(['running', 'stopped', 'paused', 'suspended']).toContain((await steady(ground(), id)).state)
          await expectWhole(id)
        }
      },
    )
  })
}
