import type { MachineState } from '../../../app/domain/machine.ts'
import type { Text } from '../../../app/messages/text.ts'

interface Meaning {
  readonly state: MachineState
  /** What a person should know besides the state. */
  readonly remark: Text | null
}

const plain = (state: MachineState): Meaning => ({ state, remark: null })

/**
 * Every state of a machine (`MachineState` in VirtualBox.xidl, 6.1 to 7.2) by the word of `showvminfo --machinereadable`.
 * `restoring` is a start with saved memory; going back to a snapshot is `restoringsnapshot`.
 */
const meanings: Readonly<Record<string, Meaning>> = {
  poweroff: plain('stopped'),
  saved: plain('suspended'),
  teleported: { state: 'stopped', remark: { key: 'virtualbox.remark.teleported' } },
  aborted: { state: 'crashed', remark: { key: 'virtualbox.remark.aborted' } },
  'aborted-saved': { state: 'suspended', remark: { key: 'virtualbox.remark.abortedSaved' } },
  running: plain('running'),
  paused: plain('paused'),
  gurumeditation: { state: 'crashed', remark: { key: 'virtualbox.remark.guru' } },
  teleporting: plain('working'),
  livesnapshotting: plain('working'),
  starting: plain('starting'),
  stopping: plain('stopping'),
  saving: plain('suspending'),
  restoring: plain('starting'),
  teleportingpausedvm: plain('working'),
  teleportingin: plain('starting'),
  deletingsnapshotlive: plain('working'),
  deletingsnapshotlivepaused: plain('working'),
  onlinesnapshotting: plain('working'),
  restoringsnapshot: plain('restoring'),
  deletingsnapshot: plain('working'),
  settingup: plain('starting'),
  snapshotting: plain('working'),
  inaccessible: plain('inaccessible'),
}

/** What a word means. One that VirtualBox learned later is `unknown`, with the word kept by the caller. */
export function meaningOf(word: string): Meaning {
  return Object.hasOwn(meanings, word) ? (meanings[word] ?? plain('unknown')) : plain('unknown')
}

export const knownWords: readonly string[] = Object.keys(meanings)

/** The same states in the words of the log and of what is printed for people, where they differ by more than case. */
const otherWords: Readonly<Record<string, string>> = {
  poweredoff: 'poweroff',
  abortedsaved: 'aborted-saved',
  stuck: 'gurumeditation',
  deletingsnapshotonline: 'deletingsnapshotlive',
  deletingsnapshotpaused: 'deletingsnapshotlivepaused',
  deletingsnapshotslive: 'deletingsnapshotlive',
  deletingsnapshotslivepaused: 'deletingsnapshotlivepaused',
  offlinesnapshotting: 'snapshotting',
  teleportingincoming: 'teleportingin',
}

/** One word for each state, whoever says it: `Machine state changed to 'PoweredOff'`, `State: powered off (since …)`. */
export function wordOf(said: string): string {
  const joined = said.toLowerCase().replace(/[^a-z]/g, '')
  return otherWords[joined] ?? joined
}

/** States in which no process holds the machine. */
const restingWords = new Set(['poweroff', 'saved', 'teleported', 'aborted', 'aborted-saved'])

export function isResting(word: string): boolean {
  return restingWords.has(word)
}

/** States that `list runningvms` lists: one that starts, stops or is stuck is not among them. */
const listedWords = new Set(['running', 'paused', 'teleporting', 'livesnapshotting', 'teleportingpausedvm'])

export function isListedAsRunning(word: string): boolean {
  return listedWords.has(word)
}
