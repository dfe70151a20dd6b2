import type { MachineState } from '../../../app/domain/machine.ts'
import type { Text } from '../../../app/messages/text.ts'

interface Meaning {
  readonly state: MachineState
  /** What a person should know besides the state. */
  readonly remark: Text | null
  readonly needsHelp?: boolean
}

const plain = (state: MachineState): Meaning => ({ state, remark: null })

/** Every run state of QEMU (`RunState` in its qapi/run-state.json, 7.2 to 10). */
const runStates: Readonly<Record<string, Meaning>> = {
  running: plain('running'),
  paused: plain('paused'),
  debug: plain('paused'),
  // Made with -S and not let run yet: a person who finds it so resumes it.
  prelaunch: plain('paused'),
  inmigrate: plain('starting'),
  // The memory was written out; the machine can still go on.
  postmigrate: plain('paused'),
  'finish-migrate': plain('working'),
  'save-vm': plain('working'),
  // A load that failed leaves this behind; going on is safe.
  'restore-vm': plain('paused'),
  colo: plain('working'),
  shutdown: plain('stopping'),
  suspended: { state: 'paused', remark: { key: 'qemu.remark.asleep' } },
  watchdog: { state: 'paused', remark: { key: 'qemu.remark.watchdog' }, needsHelp: true },
  'io-error': { state: 'paused', remark: { key: 'qemu.remark.ioError' }, needsHelp: true },
  'guest-panicked': { state: 'crashed', remark: { key: 'qemu.remark.panicked' } },
  'internal-error': { state: 'crashed', remark: { key: 'qemu.remark.internalError' } },
}

/** What a run state means. A word QEMU learned later is `unknown`, with the word kept by the caller. */
export function meaningOf(runState: string): Meaning {
  return Object.hasOwn(runStates, runState) ? (runStates[runState] ?? plain('unknown')) : plain('unknown')
}

export const knownRunStates: readonly string[] = Object.keys(runStates)
