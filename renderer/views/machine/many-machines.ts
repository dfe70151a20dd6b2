import type { MachineId } from '../../../app/domain/ids.ts'
import type { Verb } from '../../../app/domain/verbs.ts'
import { resumeMachine, shutDownMachine, startMachine } from '../../actions/machines.ts'
import { openDialog } from '../../actions/navigate.ts'
import { takeSnapshot } from '../../actions/snapshots.ts'
import type { SayFunction } from '../../say.tsx'
import { store } from '../../store/store.ts'
import { maxUnasked } from './power-verbs.ts'

export type ManyVerb = 'start' | 'shutDown' | 'snapshot'

/** Does a verb to several machines: at once to a few, after one question to many. */
export function doToMany(verb: ManyVerb, ids: readonly MachineId[], say: SayFunction): void {
  if (ids.length > maxUnasked) openDialog({ kind: 'power', verb, machineIds: ids })
  else if (verb === 'start') startEach(ids)
  else if (verb === 'snapshot') takeSnapshotOfEach(ids, say)
  else for (const id of ids) void shutDownMachine(id)
}

/** Starting several also resumes those that are paused. */
export function startOrResume(verb: Verb, id: MachineId): Verb {
  return verb === 'start' && store.getState().inventory.machines.get(id)?.state === 'paused' ? 'resume' : verb
}

export function startEach(ids: readonly MachineId[]): void {
  for (const id of ids) void (startOrResume('start', id) === 'resume' ? resumeMachine(id) : startMachine(id))
}

/** One of each, all of one name that says that they belong together, with memory where there is any. */
export function takeSnapshotOfEach(ids: readonly MachineId[], say: SayFunction): void {
  const state = store.getState()
  const name = say('snap.proposedMany', { count: ids.length })
  for (const id of ids) {
    const machine = state.inventory.machines.get(id)
    const hasMemory = machine?.kind === 'vm' && (machine.state === 'running' || machine.state === 'paused')
    void takeSnapshot(id, { name, description: '', memory: hasMemory })
  }
}
