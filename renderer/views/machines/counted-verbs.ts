import type { MachineId } from '../../../app/domain/ids.ts'
import type { IconName } from '../../components/icon.tsx'
import type { SayFunction } from '../../say.tsx'
import { permissionOf } from '../../store/selectors.ts'
import type { State } from '../../store/store.ts'
import { deleteMachines } from '../machine/delete-machines.ts'
import { asksBeforeDeleting } from '../machine/delete-question.ts'
import { doToMany, startOrResume } from '../machine/many-machines.ts'
import { verbIcons } from '../machine/verbs.ts'

export interface CountedVerb {
  readonly verb: (typeof offered)[number]
  readonly label: string
  readonly icon: IconName
  readonly isDanger: boolean
  /** Why none of them permits it. */
  readonly reason: string | null
  readonly choose: () => void
}

const labels = {
  start: ['selection.start', 'bulk.start'],
  shutDown: ['selection.stop', 'bulk.stop'],
  snapshot: ['selection.snapshot', 'bulk.snapshot'],
  remove: ['selection.remove', 'bulk.remove'],
} as const
const offered = ['start', 'shutDown', 'snapshot', 'remove'] as const

/** What can be done with several at once, each for those that permit it. All four are always there, each at its place. */
export function countedVerbs(state: State, ids: readonly MachineId[], say: SayFunction): readonly CountedVerb[] {
  return offered.map((verb) => {
    const able = ids.filter((id) => isAble(state, verb, id))
    const [counted, bare] = labels[verb]
    const isUnasked = verb === 'remove' && !asksBeforeDeleting(state, able)
    return {
      verb,
      label:
        able.length === 0 ? say(bare) : say(isUnasked ? 'selection.removeUnasked' : counted, { count: able.length }),
      icon: verbIcons[verb],
      isDanger: verb === 'remove',
      reason: able.length === 0 ? say(`bulk.none.${verb}`) : null,
      choose: () => {
        if (verb === 'remove') void deleteMachines(able)
        else doToMany(verb, able, say)
      },
    }
  })
}

/** Of an unknown state both are permitted one by one; with several only what is certain is counted. */
function isAble(state: State, verb: (typeof offered)[number], id: MachineId): boolean {
  const machine = state.inventory.machines.get(id)
  if (verb !== 'remove' && machine?.state === 'unknown') return false
  return permissionOf(startOrResume(verb, id), id)(state).kind === 'allowed'
}
