import type { QuitPlan } from '../../app/contract/views.ts'
import { failure } from '../../app/domain/errors.ts'
import type { MachineId, TaskId } from '../../app/domain/ids.ts'
import type { Machine } from '../../app/domain/machine.ts'
import { type PermitContext, permit, taskOf } from '../../app/domain/permit.ts'
import type { Settings } from '../../app/domain/settings.ts'
import type { Op, Provider } from '../providers/provider.ts'
import type { Consoles } from './consoles.ts'
import type { InventoryService } from './inventory.ts'
import type { TaskService } from './tasks.ts'

export type QuitMode = 'keep' | 'suspend' | 'shut-down' | 'cancel'

/** Leaving without surprise: what would change or end is said before, and what was chosen is done before. */
export interface Quitting {
  readonly plan: () => Promise<QuitPlan>
  /** Whether the person must be asked, by the plan and by what they have settled on. */
  readonly mustAsk: (plan: QuitPlan) => boolean
  /**
   * Carries the person's choice out. True when Berth may end. Throws when a machine that was to be off or suspended is not:
   * Berth then stays, and the tasks say why.
   */
  readonly run: (mode: QuitMode) => Promise<boolean>
}

export interface QuitWorld {
  readonly inventory: InventoryService
  readonly tasks: TaskService
  readonly consoles: Pick<Consoles, 'running'>
  readonly settings: () => Settings
}

export function createQuitting({ inventory, tasks, consoles, settings }: QuitWorld): Quitting {
  const isUnderWay = ({ endedAt }: { readonly endedAt: string | null }): boolean => endedAt === null

  /** Virtual machines that run: Berth started them. Containers belong to their daemon, and Berth's end is nothing to them. */
  const running = (): readonly Machine[] =>
    [...inventory.machines()].filter(({ kind, state }) => kind === 'vm' && (state === 'running' || state === 'paused'))

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

  return {
    async plan() {
      const staying = running()
      return {
        staying: staying.map(({ id, name }) => ({ id, name })),
        ending: [],
        suspendable: staying.filter(({ id }) => isAllowed('suspend', id)).map(({ id }) => id),
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
      if (mode === 'keep') return true
      const verb = mode === 'suspend' ? 'suspend' : 'shutDown'
      const begun = running()
        .filter(({ id }) => isAllowed(verb, id))
        .map((machine) => begin(verb, machine))
      const ended = await Promise.all(begun.map((id) => tasks.settled(id)))
      if (ended.some(({ state }) => state !== 'succeeded')) throw failure('wrong-state', { key: 'quit.unfinished' })
      return true
    },
  }
}

async function suspend(provider: Provider, id: MachineId, op: Op): Promise<void> {
  if (provider.suspend === undefined) {
    throw failure('unsupported', { key: 'why.unsupported', params: { provider: provider.label } })
  }
  await provider.suspend.suspend(id, op)
}
