import type { MachineId } from '../../../app/domain/ids.ts'
import type { Verb } from '../../../app/domain/verbs.ts'
import { openDialog } from '../../actions/navigate.ts'
import type { IconName } from '../../components/icon.tsx'
import type { SayFunction } from '../../say.tsx'
import { permissionOf } from '../../store/selectors.ts'
import type { State } from '../../store/store.ts'
import { doVerb, verbIcons } from '../machine/verbs.ts'

export interface CountedVerb {
  readonly verb: Verb
  readonly label: string
  readonly icon: IconName
  readonly isDanger: boolean
  readonly choose: () => void
}

const labels = { start: 'selection.start', shutDown: 'selection.stop', remove: 'selection.remove' } as const

/** What can be done with several at once, each for those that permit it; a verb that none permits is left out. */
export function countedVerbs(state: State, ids: readonly MachineId[], say: SayFunction): readonly CountedVerb[] {
  return (['start', 'shutDown', 'remove'] as const).flatMap((verb) => {
    const able = ids.filter((id) => isWanted(state, verb, id) && permissionOf(verb, id)(state).kind === 'allowed')
    if (able.length === 0) return []
    return [
      {
        verb,
        label: say(labels[verb], { count: able.length }),
        icon: verbIcons[verb] ?? 'more',
        isDanger: verb === 'remove',
        choose: () => {
          if (verb === 'remove') openDialog({ kind: 'remove', machineIds: able })
          else for (const id of able) doVerb(startOrResume(state, verb, id), id)
        },
      },
    ]
  })
}

/** Starting several also resumes those that are paused. */
function startOrResume(state: State, verb: Verb, id: MachineId): Verb {
  return verb === 'start' && state.inventory.machines.get(id)?.state === 'paused' ? 'resume' : verb
}

/** Of an unknown state both are permitted one by one; with several only what is certain is counted. */
function isWanted(state: State, verb: Verb, id: MachineId): boolean {
  return verb === 'remove' || state.inventory.machines.get(id)?.state !== 'unknown'
}
