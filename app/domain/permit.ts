import type { MessageKey, Text } from '../messages/text.ts'
import type { MachineId } from './ids.ts'
import { isBusy, type Machine, type MachineState } from './machine.ts'
import type { Capability, Endpoint, ProviderInfo } from './provider.ts'
import type { Task } from './task.ts'
import { spokenVerb } from './task-text.ts'
import type { Verb } from './verbs.ts'

/**
 * allowed: do it. refused: the control is shown, disabled, with this sentence. absent: this kind of machine never has the
 * verb; it is left out of the header, and menus list it with the sentence.
 */
export type Permission =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'refused'; readonly reason: Text }
  | { readonly kind: 'absent'; readonly reason: Text }

/** All that permission depends on. Main and the window ask with the same facts and get the same answer. */
export interface PermitContext {
  readonly machine: Machine
  readonly provider: ProviderInfo
  readonly endpoint: Endpoint
  /** The machine's own task under way, if any. */
  readonly task: Task | null
}

/** Facet each verb needs, and the states it is possible in. Power verbs need none: every provider has power. */
const rules: Readonly<Record<Verb, { readonly needs: Capability | null; readonly states: readonly MachineState[] }>> = {
  start: { needs: null, states: ['stopped', 'crashed', 'suspended', 'unknown'] },
  shutDown: { needs: null, states: ['running', 'paused', 'unknown'] },
  powerOff: { needs: null, states: ['running', 'paused', 'crashed', 'unknown', 'starting', 'stopping', 'working'] },
  reset: { needs: 'reset', states: ['running', 'paused', 'crashed', 'unknown'] },
  restart: { needs: 'restart', states: ['running', 'paused', 'unknown'] },
  pause: { needs: 'pause', states: ['running', 'unknown'] },
  resume: { needs: 'pause', states: ['paused', 'unknown'] },
  suspend: { needs: 'suspend', states: ['running', 'paused'] },
  discardSuspended: { needs: 'suspend', states: ['suspended'] },
  console: {
    needs: 'consoles',
    states: ['running', 'paused', 'stopped', 'crashed', 'suspended', 'unknown', 'starting', 'stopping', 'working'],
  },
  terminal: {
    needs: 'consoles',
    states: ['running', 'paused', 'stopped', 'crashed', 'suspended', 'unknown', 'starting', 'stopping', 'working'],
  },
  copyFiles: { needs: 'files', states: ['running', 'stopped', 'crashed'] },
  runCommand: { needs: 'commands', states: ['running'] },
  snapshot: { needs: 'snapshots', states: ['running', 'paused', 'stopped', 'crashed'] },
  restore: { needs: 'snapshots', states: ['running', 'paused', 'stopped', 'crashed', 'suspended'] },
  undoRestore: { needs: 'snapshots', states: ['running', 'paused', 'stopped', 'crashed', 'suspended'] },
  clone: { needs: 'clone', states: ['stopped', 'crashed', 'running', 'paused'] },
  export: { needs: 'exporting', states: ['stopped', 'crashed'] },
  locate: { needs: 'locate', states: ['stopped', 'crashed', 'suspended', 'inaccessible'] },
  rename: { needs: 'rename', states: ['stopped', 'crashed', 'running', 'paused', 'suspended', 'inaccessible'] },
  configure: { needs: 'configure', states: ['stopped', 'crashed', 'running', 'paused', 'suspended'] },
  remove: {
    needs: 'remove',
    states: ['stopped', 'crashed', 'suspended', 'inaccessible', 'unknown', 'running', 'paused'],
  },
}

/** Whether a verb is ever possible in this state. */
export function isPossibleIn(verb: Verb, state: MachineState): boolean {
  return rules[verb].states.includes(state)
}

/** Verbs that only look: they stay possible on an endpoint that does not answer and beside another task. */
const reading: readonly Verb[] = ['console', 'terminal']

/** Verbs that a person may use to break into a task that waits: powering off ends a shutdown that is not answered. */
const interrupts: Readonly<Partial<Record<Verb, readonly Task['verb'][]>>> = {
  powerOff: ['shutDown', 'start', 'restart', 'suspend'],
  shutDown: ['shutDown'],
}

/**
 * Whether `verb` may be done now, and the sentence why not. The first reason found wins, from what never changes to what
 * will pass: provider, machine, endpoint, task, state.
 */
export function permit(verb: Verb, context: PermitContext): Permission {
  const { machine, provider, endpoint, task } = context
  const rule = rules[verb]
  const unsupported = provider.unsupported[verb]
  if (unsupported !== undefined) return { kind: 'absent', reason: unsupported }
  if (rule.needs !== null && !provider.capabilities.includes(rule.needs)) {
    return { kind: 'absent', reason: { key: 'why.unsupported', params: { provider: provider.label } } }
  }
  const withheld = machine.withheld[verb]
  if (withheld !== undefined) return { kind: 'refused', reason: withheld }
  if (endpoint.state !== 'ready' && !reading.includes(verb)) {
    return { kind: 'refused', reason: { key: 'why.endpoint', params: { provider: endpoint.label } } }
  }
  if (task !== null && !reading.includes(verb) && !(interrupts[verb] ?? []).includes(task.verb)) {
    return { kind: 'refused', reason: { key: `why.task.${spokenVerb(task.verb, machine.kind)}` } }
  }
  if (verb === 'remove' && machine.kind !== 'container' && isOn(machine.state)) {
    return { kind: 'refused', reason: { key: 'why.removeOn', params: { name: machine.name } } }
  }
  if (!rule.states.includes(machine.state) && !(task !== null && isBusy(machine.state) && verb in interrupts)) {
    return { kind: 'refused', reason: { key: stateReason(machine), params: { name: machine.name } } }
  }
  if (verb === 'locate' && machine.lostFile === null) {
    return { kind: 'refused', reason: { key: 'why.nothingLost', params: { name: machine.name } } }
  }
  return { kind: 'allowed' }
}

/** A container that runs is stopped on its way out; no tool deletes a virtual machine under its feet. */
function isOn(state: MachineState): boolean {
  return state === 'running' || state === 'paused'
}

function stateReason({ kind, state }: Machine): MessageKey {
  return kind === 'container' && state === 'stopping' ? 'why.state.stoppingContainer' : `why.state.${state}`
}

/** The task a machine is busy with, by machine: the running one, else the one waiting longest. */
export function taskOf(tasks: Iterable<Task>, id: MachineId): Task | null {
  let found: Task | null = null
  for (const task of tasks) {
    if (task.machineId !== id) continue
    if (task.state === 'running') return task
    if (task.state === 'queued' && found === null) found = task
  }
  return found
}
