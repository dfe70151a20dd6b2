import { failure } from '../../../app/domain/errors.ts'
import { machineId } from '../../../app/domain/ids.ts'
import { quietOp, unstoppable } from '../common/op.ts'
import type { Restorable } from '../common/restore.ts'
import type { Op } from '../provider.ts'
import { utmctlArguments } from './commands.ts'
import { providerId } from './machine.ts'
import type { Known } from './machine-registry.ts'
import { confirm, eventMs, powerOff, start } from './power.ts'
import type { ProviderContext } from './provider-context.ts'
import { type KeptSnapshot, wholeTree, writeTree } from './snapshot-store.ts'
import { presentSnapshot } from './snapshots.ts'
import { applyStopped, checkTag, deleteTag, saveLive, saveStopped } from './tags.ts'

/** How one of these machines keeps its present and becomes what a snapshot says. */
export function restorable(context: ProviderContext, known: Known): Restorable<KeptSnapshot> {
  const { bundle, observedState } = known
  const { uuid } = observedState
  const id = machineId(providerId, uuid)
  const warn = (event: string, error: unknown): void =>
    context.host.log.warn(`utm.${event}`, { uuid, error: String(error) })
  return {
    read: async () => (await wholeTree(context, bundle, quietOp)).tree,
    write: (tree) => writeTree(bundle, tree),
    async verify(target, op) {
      if (hasMemory(target) && !observedState.abilities.live) {
        throw failure('unsupported', { key: 'utm.why.memorySnapshot' })
      }
      await checkTag(context, known, target.id, op)
    },
    withTransientState: (job) => context.machineRegistry.withTransientState(uuid, 'restoring', job),
    present: (about) => presentSnapshot(context, known, about),
    async keepPresent(kept, op) {
      await keepPresent(context, known, kept, op)
      return kept
    },
    async goOn(kept) {
      if (kept.power !== 'running') return
      const now = await context.machineRegistry.get(id, quietOp)
      if (now.status === 'paused') await start(context, now, quietOp)
    },
    become: (target, _record, boot, op) => become(context, known, target, boot, op),
    becomeAgain: (kept, _record, op) => become(context, known, kept, false, op),
    // Whether it is on by now decides who takes the tag out.
    drop: async (tag) => deleteTag(context, await context.machineRegistry.known(id, quietOp), tag, quietOp),
    settled: async () => {},
    warn,
  }
}

function hasMemory({ power }: KeptSnapshot): boolean {
  return power === 'running' || power === 'paused'
}

/** Keeps the present under a tag. A running machine is held from here on, so that nothing happens that is not kept. */
async function keepPresent(context: ProviderContext, known: Known, kept: KeptSnapshot, op: Op): Promise<void> {
  const { uuid } = known.observedState
  if (kept.power === 'off') return saveStopped(context, known.bundle, kept.id, unstoppable(op))
  if (kept.power === 'running') {
    const args = utmctlArguments.suspend(uuid, { save: false })
    await confirm(context, uuid, 'paused', await context.tool.tell(args, eventMs, unstoppable(op)), op)
  }
  await saveLive(context, known, kept.id, op)
}

async function become(
  context: ProviderContext,
  { observedState, bundle }: Known,
  snapshot: KeptSnapshot,
  boot: boolean,
  op: Op,
): Promise<void> {
  const { machineRegistry, tool } = context
  const { uuid } = observedState
  const id = machineId(providerId, uuid)
  const calm = unstoppable(op)
  await powerOff(context, await machineRegistry.get(id, calm), calm)
  if (!hasMemory(snapshot)) {
    await applyStopped(context, bundle, snapshot.id, calm)
    if (boot) await start(context, { uuid, status: 'stopped' }, calm)
    return
  }
  const error = await tool.tell(utmctlArguments.snapshot('restore', uuid, snapshot.id), eventMs, calm)
  if (error !== null) throw error
  // One version of UTM lets it run at once, another when it is started next.
  const { status } = await machineRegistry.get(id, calm)
  await start(context, { uuid, status }, calm)
  if (snapshot.power !== 'paused') return
  const paused = await tool.tell(utmctlArguments.suspend(uuid, { save: false }), eventMs, calm)
  await confirm(context, uuid, 'paused', paused, calm)
}
