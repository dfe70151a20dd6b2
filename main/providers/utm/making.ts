import { failure } from '../../../app/domain/errors.ts'
import { type MachineId, machineId } from '../../../app/domain/ids.ts'
import { quietOp, throwIfCancelled, unstoppable } from '../common/op.ts'
import type { Op } from '../provider.ts'
import { utmctlArguments } from './commands.ts'
import { providerId } from './machine.ts'
import { eventMs } from './power.ts'
import type { ProviderContext } from './provider-context.ts'

/**
 * Makes a machine by one command of UTM, which cannot be called off once it is under way: it is waited for, and what came of
 * it is taken away again when it was called off meanwhile. `make` returns its UUID, or null when UTM does not say it: then it
 * is the one of that name that was not there before.
 */
export function makeMachine(
  context: ProviderContext,
  name: string,
  make: (op: Op) => Promise<string | null>,
  op: Op,
): Promise<MachineId> {
  return context.making.run('make', async () => {
    throwIfCancelled(op)
    const before = new Set(await uuids(context, op))
    throwIfCancelled(op)
    op.progress({ text: { key: 'utm.step.make' }, fraction: null })
    const told = await make(unstoppable(op))
    const uuid = told ?? (await newcomer(context, before, name))
    if (op.signal.aborted) {
      // Nothing is in it but copies.
      await context.tool.tell(utmctlArguments.delete(uuid), eventMs, quietOp)
      throwIfCancelled(op)
    }
    await context.machineRegistry.publish(uuid, quietOp)
    return machineId(providerId, uuid)
  })
}

async function uuids(context: ProviderContext, op: Op): Promise<readonly string[]> {
  const { rows, scan } = await context.machineRegistry.survey(op)
  return rows?.map(({ uuid }) => uuid) ?? [...scan.known.keys()]
}

async function newcomer(context: ProviderContext, before: ReadonlySet<string>, name: string): Promise<string> {
  const { rows, scan } = await context.machineRegistry.survey(quietOp)
  const fresh = (rows ?? []).filter(({ uuid }) => !before.has(uuid))
  const named = fresh.filter((row) => (scan.known.get(row.uuid)?.config.Information.Name ?? row.name) === name)
  const [one, ...more] = named.length > 0 ? named : fresh
  if (one !== undefined && more.length === 0) return one.uuid
  throw failure('wrong-state', { key: 'utm.error.noEffect' }, { hint: { key: 'utm.error.noEffect.hint' } })
}
