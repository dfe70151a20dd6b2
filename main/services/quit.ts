import type { QuitPlan } from '../../app/contract/views.ts'
import { failure } from '../../app/domain/errors.ts'
import type { MachineId, TaskId } from '../../app/domain/ids.ts'
import { isBusy, type Machine, type MachineState } from '../../app/domain/machine.ts'
import { type PermitContext, permit, taskOf } from '../../app/domain/permit.ts'
import { isAway } from '../../app/domain/provider.ts'
import type { Settings } from '../../app/domain/settings.ts'
import type { TaskVerb } from '../../app/domain/task.ts'
import type { Op, Provider } from '../providers/provider.ts'
import type { Consoles } from './consoles.ts'
import type { InventoryService } from './inventory.ts'
import type { TaskService } from './tasks.ts'

/**
 * `keep` and `suspend`: what can run on without Berth does, the rest is suspended. `shut-down`: everything is asked to shut
 * down first.
 */
export type QuitMode = 'keep' | 'suspend' | 'shut-down' | 'cancel'

/** Tasks after which a machine is on or off: it is put away once they are over. */
const powerVerbs: readonly TaskVerb[] = [
  'start',
  'restart',
  'reset',
  'resume',
  'shutDown',
  'suspend',
  'restore',
  'undoRestore',
  'redoRestore',
]

/** Somebody who leaves right after the start waits this long for the tools' word; then last time's list is the answer. */
const firstLookMs = 3_000

/** Quitting: what would change or end is shown first, and what the person chose is done first. */
export interface QuitService {
  readonly plan: () => Promise<QuitPlan>
  /** Whether the person must be asked, by the plan and by what they have settled on. */
  readonly mustAsk: (plan: QuitPlan) => boolean
  /**
   * Carries the person's choice out. True when Berth may end. Throws when a machine that was to be off or suspended is not:
   * Berth then stays, and the tasks say why.
   */
  readonly run: (mode: QuitMode) => Promise<boolean>
  /**
   * Berth ends without anybody having been asked: the system goes down, a signal came. Suspends what runs inside Berth, as far
   * as that is done in `limitMs`; what is not, ends with what its disk holds.
   */
  readonly suspendBeforeExit: (limitMs: number) => Promise<void>
}

export interface QuitOptions {
  readonly inventory: InventoryService
  readonly tasks: TaskService
  readonly consoles: Pick<Consoles, 'running'>
  readonly settings: () => Settings
}

export function createQuitService({ inventory, tasks, consoles, settings }: QuitOptions): QuitService {
  const isUnderWay = ({ endedAt }: { readonly endedAt: string | null }): boolean => endedAt === null

  const endsWithBerth = ({ id }: Machine): boolean => inventory.providerOf(id).endsWithBerth === true

  /**
   * Virtual machines that are on, or on their way: Berth started them. Containers belong to their daemon, and Berth's end is
   * nothing to them.
   */
  const running = (): readonly Machine[] =>
    [...inventory.machines()].filter(({ kind, state }) => kind === 'vm' && (state === 'paused' || runs(state)))

  /** What the window's foot counts beside them. */
  const runningContainers = (): number =>
    [...inventory.machines()].filter(
      ({ id, kind, state }) => kind !== 'vm' && runs(state) && !isAway(inventory.contextOf(id).endpoint),
    ).length

  const contextOf = (id: MachineId): PermitContext => ({ ...inventory.contextOf(id), task: taskOf(tasks.list(), id) })
  const isAllowed = (verb: 'suspend' | 'shutDown', id: MachineId): boolean =>
    permit(verb, contextOf(id)).kind === 'allowed'

  function begin(verb: 'suspend' | 'shutDown', { id, name }: Machine): TaskId {
    const provider = inventory.providerOf(id)
    return tasks.start({
      verb,
      permit: verb,
      machineId: id,
      machineName: name,
      subject: null,
      async run(op) {
        await (verb === 'suspend' ? suspend(provider, id, op) : provider.power.shutDown(id, op))
        return {}
      },
    })
  }

  /** Suspends those of them that can be, and shuts the others down. What can be neither is on its way already. */
  const putAway = (machines: readonly Machine[]): readonly TaskId[] =>
    machines.flatMap((machine) => {
      const verb = (['suspend', 'shutDown'] as const).find((one) => isAllowed(one, machine.id))
      return verb === undefined ? [] : [begin(verb, machine)]
    })

  /** Settles once no machine of these is on its way up or down. One that is to be shut down is asked again instead. */
  const arrived = (mode: QuitMode): Promise<unknown> => {
    const isMeant = (id: MachineId): boolean =>
      inventory.machine(id)?.kind === 'vm' && (mode !== 'keep' || inventory.providerOf(id).endsWithBerth === true)
    const onTheirWay = tasks
      .list()
      .filter(isUnderWay)
      .filter(({ verb }) => powerVerbs.includes(verb) && !(verb === 'shutDown' && mode === 'shut-down'))
      .filter(({ machineId }) => machineId !== null && isMeant(machineId))
    return Promise.all(onTheirWay.map(({ id }) => tasks.settled(id)))
  }

  const shutDownAll = (): readonly TaskId[] =>
    running()
      .filter(({ id }) => isAllowed('shutDown', id))
      .map((machine) => begin('shutDown', machine))

  /** All that can be suspended, and what cannot outlive Berth: that is not ended as if its plug were pulled. */
  const leaving = (): readonly Machine[] =>
    running().filter((machine) => endsWithBerth(machine) || isAllowed('suspend', machine.id))

  return {
    async plan() {
      // What is wrong with looking is in the log, and no reason not to leave.
      await within(
        inventory.start().catch(() => {}),
        firstLookMs,
      )
      const machines = running()
      const named = (some: readonly Machine[]) => some.map(({ id, name }) => ({ id, name }))
      return {
        staying: named(machines.filter((machine) => !endsWithBerth(machine))),
        containers: runningContainers(),
        ending: named(machines.filter(endsWithBerth)),
        suspendable: machines.filter(({ id }) => isAllowed('suspend', id)).map(({ id }) => id),
        tasks: tasks
          .list()
          .filter(isUnderWay)
          .map(({ id }) => id),
        terminals: await consoles.running(),
      }
    },
    mustAsk({ staying, ending, tasks: underWay, terminals }) {
      if (ending.length > 0 || underWay.length > 0 || terminals.length > 0) return true
      return staying.length > 0 && settings().onQuit === 'ask'
    },
    async run(mode) {
      if (mode === 'cancel') return false
      await arrived(mode)
      const begun =
        mode === 'shut-down' ? shutDownAll() : putAway(mode === 'suspend' ? leaving() : running().filter(endsWithBerth))
      const ended = await Promise.all(begun.map((id) => tasks.settled(id)))
      if (ended.some(({ state }) => state !== 'succeeded') || running().some(endsWithBerth))
        throw failure('wrong-state', { key: 'quit.unfinished' })
      return true
    },
    async suspendBeforeExit(limitMs) {
      await within(Promise.all(putAway(running().filter(endsWithBerth)).map((id) => tasks.settled(id))), limitMs)
    },
  }
}

/** As the window's foot counts: one that is on its way up or down runs. */
function runs(state: MachineState): boolean {
  return state === 'running' || isBusy(state)
}

/** Settles with the work, or when the time is over. */
async function within(work: Promise<unknown>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, limitMs)
  })
  await Promise.race([work, late]).finally(() => clearTimeout(timer))
}

async function suspend(provider: Provider, id: MachineId, op: Op): Promise<void> {
  if (provider.suspend === undefined) {
    throw failure('unsupported', { key: 'why.unsupported', params: { provider: provider.label } })
  }
  await provider.suspend.suspend(id, op)
}
