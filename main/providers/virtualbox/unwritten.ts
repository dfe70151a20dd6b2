import { quietOp } from '../common/op.ts'
import type { Host } from '../provider.ts'
import * as commands from './commands.ts'
import type { MachineQueue } from './machine-queue.ts'
import { hasFailed, type Manage } from './manage.ts'
import type { Settings } from './settings-file.ts'

/** Where the note is made that has the settings written; it is taken away again. */
const noteKey = 'Berth/Saved'

/**
 * VirtualBox may hold a machine for saved and have written nothing of it, by an assertion of its own (`MachineImpl.cpp`, seven of 400
 * suspends of four machines at once, nobody else there): its server then knows where the memory is, and forgets it when it ends.
 */
export function isUnwritten(word: string, settings: Settings | null): boolean {
  return word === 'saved' && settings !== null && settings.stateFile === null
}

/** Has VirtualBox write all it knows of such a machine, as any note does (seen, each time). */
export async function writeDown(
  uuid: string,
  { host, manage, queue }: { readonly host: Host; readonly manage: Manage; readonly queue: MachineQueue },
): Promise<void> {
  host.log.warn('virtualbox.saved.unwritten', { uuid })
  for (const value of [host.now().toISOString(), null]) {
    const result = await queue.run(uuid, () => manage.attempt(commands.note(uuid, noteKey, value), quietOp))
    if (hasFailed(result)) host.log.warn('virtualbox.note', { uuid, error: result.stderr })
  }
}
