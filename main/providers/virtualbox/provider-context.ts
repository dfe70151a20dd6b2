import type { RunResult } from '../../exec/command.ts'
import { quietOp, throwIfCancelled } from '../common/op.ts'
import type { Host, Op } from '../provider.ts'
import type { OsTypes } from './create-options.ts'
import type { Entry } from './entry.ts'
import { isContention, manageFailure } from './errors.ts'
import type { Inventory } from './inventory.ts'
import { type MachineQueue, withPatience } from './machine-queue.ts'
import { hasFailed, type Manage, type ManageOptions } from './manage.ts'
import type { RemoteDisplays } from './remote-display.ts'

/** What every part of this provider is made of. */
export interface ProviderContext {
  readonly host: Host
  /** VirtualBox's own folder of settings: `VirtualBox.xml` is in it. */
  readonly home: string
  readonly manage: Manage
  readonly queue: MachineQueue
  readonly inventory: Inventory
  readonly displays: RemoteDisplays
  readonly osTypes: OsTypes
}

export interface RunOnMachineOptions extends ManageOptions {
  /**
   * Whether what was to be done is done, by a look of the caller's own. Asked after a failure, before trying again: a command
   * that says it failed may have succeeded, and somebody else may have been quicker.
   */
  readonly isDone?: () => Promise<boolean>
  /**
   * Whether calling it off ends the command, which VirtualBox then takes back as far as it can (a copy, an export). Otherwise it
   * is let run to its end, within its time: what VirtualBox began it finishes anyway, and the caller puts it right.
   */
  readonly cancellable?: boolean
}

/**
 * Gives one machine a command that takes it: after those that came before, again while somebody else has it, and once more
 * asking whether it is not done already. Returns what the tool said, and an empty text when only `isDone` says so.
 */
export function runOnMachine(
  context: ProviderContext,
  entry: Entry,
  args: readonly string[],
  op: Op,
  options: RunOnMachineOptions = {},
): Promise<string> {
  const work: Op = options.cancellable === true ? op : { ...op, signal: quietOp.signal }
  return context.queue.run(entry.uuid, async () => {
    throwIfCancelled(op)
    let isDone = false
    const result = await withPatience(
      () => context.manage.attempt(args, work, options),
      async (last) => {
        if (!hasFailed(last)) return false
        isDone = (await options.isDone?.()) ?? false
        return !isDone && isWorthRepeating(context, entry, last)
      },
      op.signal,
    )
    if (!hasFailed(result)) return result.stdout
    if (isDone || (await options.isDone?.()) === true) return ''
    throwIfCancelled(op)
    throw manageFailure(result, options.known)
  })
}

/**
 * Gives a command from within the machine's own queue, again while somebody else has the machine. Throws what its error means.
 */
export async function runInQueue(
  context: Pick<ProviderContext, 'manage' | 'inventory'>,
  entry: Entry,
  args: readonly string[],
  options: ManageOptions = {},
): Promise<void> {
  const result = await withPatience(
    () => context.manage.attempt(args, quietOp, options),
    (last) => hasFailed(last) && isWorthRepeating(context, entry, last),
    quietOp.signal,
  )
  if (hasFailed(result)) throw manageFailure(result)
}

/** A lock that a running machine holds lasts as long as it runs: waiting for it would be for ever. */
function isWorthRepeating(
  { inventory }: Pick<ProviderContext, 'inventory'>,
  entry: Entry,
  { stderr }: RunResult,
): boolean {
  if (!isContention(stderr)) return false
  return !(/already locked|while it is locked/.test(stderr) && inventory.observedState(entry).pid !== null)
}

export { quietOp, throwIfCancelled }
