import type { MachineState } from '../../../app/domain/machine.ts'
import type { Text } from '../../../app/messages/text.ts'
import type { RunRecord } from './run-record.ts'

/** What a machine's thread is doing. `stuck`: its guest stopped the processor for good. `full`: it waits for space. */
export type Activity = 'running' | 'paused' | 'stuck' | 'full'

interface Meaning {
  readonly state: MachineState
  readonly remark: Text | null
  readonly needsHelp?: boolean
}

/** Every activity of a thread. */
const activities: Readonly<Record<Activity, Meaning>> = {
  running: { state: 'running', remark: null },
  paused: { state: 'paused', remark: null },
  stuck: { state: 'running', remark: { key: 'builtin.remark.fault' } },
  full: { state: 'paused', remark: { key: 'builtin.remark.noSpace' }, needsHelp: true },
}

export function meaningOf(activity: Activity): Meaning {
  return activities[activity]
}

/** What a machine without a thread is, by how its last run ended. */
export function restingState(run: RunRecord | null): Meaning {
  switch (run?.ended?.how) {
    case 'crashed': {
      const said = run.ended.said?.trim().split('\n')[0] ?? ''
      return { state: 'crashed', remark: { key: 'builtin.remark.crashed', params: { said } } }
    }
    case 'berth-ended':
      return { state: 'crashed', remark: { key: 'builtin.remark.berthEnded' } }
    default:
      return { state: 'stopped', remark: null }
  }
}
