import type { Text } from '../messages/text.ts'
import type { MachineId } from './ids.ts'
import { isOff, type MachineState } from './machine.ts'
import type { Notice } from './provider.ts'

/** One line of a machine's Overview. The label is translated, the value is the tool's. */
export interface Fact {
  /** `connect`: how it is reached while it is on; not shown while it is off. */
  readonly group: 'connect' | 'hardware' | 'place'
  readonly label: Text
  /** A value as it stands, or a sentence for the window to write in the person's language. */
  readonly value: string | Text
  readonly mono: boolean
  /** True when copying it makes sense (an address, an ssh line). */
  readonly copyable: boolean
  /** A folder or file on this computer that can be shown in its file manager; null otherwise. */
  readonly revealPath: string | null
  /** An http(s) address that can be opened in a browser; null otherwise. */
  readonly openUrl: string | null
}

/** What a machine's own page shows beyond its row. Asked for when the page opens and when the machine changes. */
export interface MachineDetails {
  readonly id: MachineId
  readonly facts: readonly Fact[]
  readonly notices: readonly Notice[]
  /** The command that starts or recreates it, ready to paste; null when there is none. */
  readonly commandLine: string | null
  /** The tool's whole description (JSON or text) for one page; null when it has none. */
  readonly inspect: string | null
}

/** A machine's facts of one group, as far as they hold in its present state. */
export function factsOf(details: MachineDetails | null, group: Fact['group'], state: MachineState): readonly Fact[] {
  if (details === null || (group === 'connect' && isOff(state))) return []
  return details.facts.filter((fact) => fact.group === group)
}
