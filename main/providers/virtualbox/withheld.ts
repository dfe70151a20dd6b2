import type { Machine, MachineState } from '../../../app/domain/machine.ts'
import type { Verb } from '../../../app/domain/verbs.ts'
import type { Text } from '../../../app/messages/text.ts'
import type { Entry } from './entry.ts'

/** What this machine can't do now though VirtualBox can, and why. */
export function withheldFrom({ settings }: Entry, state: MachineState): Machine['withheld'] {
  const withheld: Partial<Record<Verb, Text>> = {}
  if (settings === null) return withheld
  if (state === 'running' || state === 'paused') {
    withheld.clone = { key: 'virtualbox.why.cloneRunning' }
    withheld.rename = { key: 'virtualbox.why.renameRunning' }
    withheld.remove = { key: 'virtualbox.why.removeRunning' }
  }
  return withheld
}
