import type { MachineState } from '../../../app/domain/machine.ts'

/**
 * Every word of `utmctl` for a machine's status (`UTMScriptingStatus.asString`). Saving is told as `pausing` and restoring
 * as `resuming`: UTM has no words for them.
 */
const words: Readonly<Record<string, MachineState>> = {
  stopped: 'stopped',
  starting: 'starting',
  started: 'running',
  pausing: 'suspending',
  paused: 'paused',
  resuming: 'starting',
  stopping: 'stopping',
  unknown: 'unknown',
}

/** What a status means. A word UTM learned later is `unknown`, with the word kept by the caller. */
export function stateOf(word: string): MachineState {
  return Object.hasOwn(words, word) ? (words[word] ?? 'unknown') : 'unknown'
}

export const knownWords: readonly string[] = Object.keys(words)
