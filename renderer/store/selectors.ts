import type { EndpointId, MachineId } from '../../app/domain/ids.ts'
import {
  type Annotation,
  isBusy,
  type Machine,
  type MachineState,
  noAnnotation,
  standsStill,
} from '../../app/domain/machine.ts'
import { type Permission, type PermitContext, permit } from '../../app/domain/permit.ts'
import { type Endpoint, isAway, type ProviderInfo } from '../../app/domain/provider.ts'
import type { Stats } from '../../app/domain/stats.ts'
import type { Task } from '../../app/domain/task.ts'
import type { Verb } from '../../app/domain/verbs.ts'
import type { State } from './store.ts'
import type { DetailTab, PlacedFailure, StateGroup } from './ui.ts'

// Selectors are pure functions of the state; those that take an argument return the selector: useApp(machineOf(id)).

export const machineOf =
  (id: MachineId | null) =>
  (state: State): Machine | null =>
    id === null ? null : (state.inventory.machines.get(id) ?? null)

export const annotationOf =
  (id: MachineId) =>
  (state: State): Annotation =>
    state.inventory.annotations[id] ?? noAnnotation

export const endpointOf =
  (id: EndpointId | null) =>
  (state: State): Endpoint | null =>
    state.inventory.endpoints.find((endpoint) => endpoint.id === id) ?? null

export const providerOf =
  (id: string | null) =>
  (state: State): ProviderInfo | null =>
    state.inventory.providers.find((provider) => provider.id === id) ?? null

/** The task the machine is busy with, if any. */
export const taskOfMachine =
  (id: MachineId) =>
  (state: State): Task | null =>
    state.tasks.byMachine.get(id) ?? null

/** The latest figures; null until the first ones are there. */
export const statsOf =
  (id: MachineId) =>
  (state: State): Stats | null =>
    state.stats.byMachine.get(id)?.at(-1) ?? null

const noHistory: readonly Stats[] = []

/** Two minutes of figures, oldest first. */
export const statsHistoryOf =
  (id: MachineId) =>
  (state: State): readonly Stats[] =>
    state.stats.byMachine.get(id) ?? noHistory

export const failureAt =
  (place: string) =>
  (state: State): PlacedFailure | null =>
    state.ui.failures[place] ?? null

export const tabOf =
  (id: MachineId) =>
  (state: State): DetailTab =>
    state.ui.tabs[id] ?? 'overview'

/** All that permission depends on for this machine; null when the machine or what it belongs to is not known. */
export function permitContext(state: State, id: MachineId): PermitContext | null {
  const machine = machineOf(id)(state)
  if (machine === null) return null
  const endpoint = endpointOf(machine.endpointId)(state)
  const provider = providerOf(endpoint?.providerId ?? null)(state)
  if (endpoint === null || provider === null) return null
  return { machine, endpoint, provider, task: taskOfMachine(id)(state) }
}

const notKnown: Permission = { kind: 'refused', reason: { key: 'error.machineGone' } }

/**
 * Whether the verb may be done to the machine now, and why not. The answer is the same object while its inputs are, so it
 * may be selected: useApp(permissionOf('start', id)).
 */
export const permissionOf =
  (verb: Verb, id: MachineId) =>
  (state: State): Permission => {
    const context = permitContext(state, id)
    return context === null ? notKnown : remembered(verb, context)
  }

interface Answer {
  readonly context: PermitContext
  readonly byVerb: Map<Verb, Permission>
}
const answers = new WeakMap<Machine, Answer>()

function remembered(verb: Verb, context: PermitContext): Permission {
  let answer = answers.get(context.machine)
  const isSame =
    answer !== undefined &&
    answer.context.endpoint === context.endpoint &&
    answer.context.provider === context.provider &&
    answer.context.task === context.task
  if (answer === undefined || !isSame) {
    answer = { context, byVerb: new Map() }
    answers.set(context.machine, answer)
  }
  let permission = answer.byVerb.get(verb)
  if (permission === undefined) {
    permission = permit(verb, context)
    answer.byVerb.set(verb, permission)
  }
  return permission
}

/**
 * Which of the sidebar's groups a machine counts in. A busy machine counts as what it is on its way to or from. Nobody knows
 * whether one runs whose endpoint is away.
 */
export function groupOf(
  machine: Pick<Machine, 'state' | 'needsHelp'>,
  endpoint: Pick<Endpoint, 'state'> | null,
): StateGroup | null {
  switch (machine.state) {
    case 'running':
    case 'starting':
    case 'stopping':
    case 'restoring':
    case 'working':
    case 'suspending':
      return endpoint !== null && isAway(endpoint) ? null : 'running'
    case 'paused':
      return standsStill(machine) ? 'attention' : 'paused'
    case 'suspended':
      return machine.needsHelp ? 'attention' : 'paused'
    case 'stopped':
      return machine.needsHelp ? 'attention' : 'stopped'
    case 'crashed':
    case 'inaccessible':
      return 'attention'
    case 'unknown':
      return endpoint?.state === 'ready' ? 'attention' : null
  }
}

/** The one state word and mark a row shows: the task's when one runs, else the machine's own. */
export function shownState(machine: Machine, task: Task | null): MachineState {
  if (task === null || isBusy(machine.state)) return machine.state
  switch (task.verb) {
    case 'start':
    case 'resume':
      return 'starting'
    case 'shutDown':
    case 'powerOff':
      return 'stopping'
    case 'suspend':
      return 'suspending'
    case 'restore':
    case 'undoRestore':
    case 'redoRestore':
      return 'restoring'
    default:
      return 'working'
  }
}
