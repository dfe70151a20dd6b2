import type { MachineId } from '../../../app/domain/ids.ts'
import { isOff, type Machine } from '../../../app/domain/machine.ts'
import type { Verb } from '../../../app/domain/verbs.ts'
import type { MessageKey } from '../../../app/messages/text.ts'

/** With more machines than this at once, one click or key is a slip that nobody can see through: it is asked first. */
export const maxUnasked = 5

/** Verbs that cost unsaved work: always asked. */
export type ForcedVerb = 'powerOff' | 'reset'
export const isForced = (verb: Verb): verb is ForcedVerb => verb === 'powerOff' || verb === 'reset'

/** Verbs that stop, change or end a machine: never the palette's proposal, and after all others there. */
const disruptive: ReadonlySet<Verb> = new Set<Verb>([
  'pause',
  'suspend',
  'restart',
  'shutDown',
  'reset',
  'powerOff',
  'discardSuspended',
  'remove',
])
export const isDisruptive = (verb: Verb): boolean => disruptive.has(verb)

/** What a verb is called for this machine: a container is stopped and killed, a suspended machine resumed. */
export function verbKey(verb: Verb, machine: Pick<Machine, 'kind' | 'state' | 'lostFile'>): MessageKey {
  if (verb === 'locate') return locateKey(machine)
  if (machine.kind === 'container' && verb === 'shutDown') return 'verb.stopContainer'
  if (machine.kind === 'container' && verb === 'powerOff') return 'verb.killContainer'
  if (machine.state === 'suspended' && verb === 'start') return 'verb.resume'
  return `verb.${verb}`
}

function locateKey({ lostFile }: Pick<Machine, 'lostFile'>): MessageKey {
  if (lostFile === null || lostFile.kind === 'settings') return 'verb.locate'
  return `locate.find.${lostFile.kind}`
}

/** The same as a menu or the palette offers it: with the dots of what asks first. */
export function offeredVerbKey(verb: Verb, machine: Pick<Machine, 'kind' | 'state' | 'lostFile'>): MessageKey {
  if (verb === 'reset') return 'power.reset'
  if (verb === 'remove' && isOff(machine.state)) return 'verb.removeUnasked'
  if (verb === 'powerOff') return machine.kind === 'container' ? 'power.kill' : 'power.powerOff'
  return verbKey(verb, machine)
}

/** What is asked before a verb is done to these machines. */
export interface PowerQuestion {
  readonly verb: ForcedVerb | 'start' | 'shutDown' | 'snapshot'
  readonly machineIds: readonly MachineId[]
}
