import type { MachineState } from '../../../app/domain/machine.ts'

/**
 * Every word docker and podman have for a container's state. `restarting` waits to be started again by its restart policy.
 * An ended container is `stopped` here; whether it ended badly is told from its exit code (`machine.ts`).
 * Source: moby container/state.go, libpod define/containerstate.go.
 */
export const states: Readonly<Record<string, MachineState>> = {
  created: 'stopped',
  configured: 'stopped',
  initialized: 'stopped',
  restarting: 'starting',
  running: 'running',
  paused: 'paused',
  stopping: 'stopping',
  stopped: 'stopped',
  exited: 'stopped',
  removing: 'working',
  dead: 'crashed',
}

/** A word that is not in the table is `unknown`; it is kept as the native state. */
export function stateOf(word: string): MachineState {
  return Object.hasOwn(states, word) ? (states[word] ?? 'unknown') : 'unknown'
}
