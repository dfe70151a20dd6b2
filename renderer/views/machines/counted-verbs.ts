import type { MachineId } from '../../../app/domain/ids.ts'
import type { Verb } from '../../../app/domain/verbs.ts'
import { openDialog } from '../../actions/navigate.ts'
import { takeSnapshot } from '../../actions/snapshots.ts'
import type { IconName } from '../../components/icon.tsx'
import { localeIn, type SayFunction } from '../../say.tsx'
import { permissionOf } from '../../store/selectors.ts'
import type { State } from '../../store/store.ts'
import { doVerb, verbIcons } from '../machine/verbs.ts'
import { proposedName } from '../snapshots/proposed-name.ts'

export interface CountedVerb {
  readonly verb: Verb
  readonly label: string
  readonly icon: IconName
  readonly isDanger: boolean
  readonly choose: () => void
}

const labels = {
  start: 'selection.start',
  shutDown: 'selection.stop',
  snapshot: 'selection.snapshot',
  remove: 'selection.remove',
} as const
const offered = ['start', 'shutDown', 'snapshot', 'remove'] as const

/** What can be done with several at once, each for those that permit it; a verb that none permits is left out. */
export function countedVerbs(state: State, ids: readonly MachineId[], say: SayFunction): readonly CountedVerb[] {
  return offered.flatMap((verb) => {
    const able = ids.filter((id) => isAble(state, verb, id))
    if (able.length === 0) return []
    return [
      {
        verb,
        label: say(labels[verb], { count: able.length }),
        icon: verbIcons[verb],
        isDanger: verb === 'remove',
        choose: () => {
          if (verb === 'remove') openDialog({ kind: 'remove', machineIds: able })
          else if (verb === 'snapshot') snapshotEach(state, able, say)
          else for (const id of able) doVerb(startOrResume(state, verb, id), id)
        },
      },
    ]
  })
}

/** Of an unknown state both are permitted one by one; with several only what is certain is counted. */
function isAble(state: State, verb: (typeof offered)[number], id: MachineId): boolean {
  const machine = state.inventory.machines.get(id)
  if (verb !== 'remove' && machine?.state === 'unknown') return false
  return permissionOf(startOrResume(state, verb, id), id)(state).kind === 'allowed'
}

/** Starting several also resumes those that are paused. */
function startOrResume(state: State, verb: Verb, id: MachineId): Verb {
  return verb === 'start' && state.inventory.machines.get(id)?.state === 'paused' ? 'resume' : verb
}

/** One of each, all of one name, with memory where there is any: what the popover proposes for one. */
function snapshotEach(state: State, ids: readonly MachineId[], say: SayFunction): void {
  const name = proposedName(new Date(), localeIn(state), say)
  for (const id of ids) {
    const machine = state.inventory.machines.get(id)
    const hasMemory = machine?.kind === 'vm' && (machine.state === 'running' || machine.state === 'paused')
    void takeSnapshot(id, { name, description: '', memory: hasMemory })
  }
}
