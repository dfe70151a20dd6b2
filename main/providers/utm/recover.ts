import { machineId } from '../../../app/domain/ids.ts'
import { quietOp, throwIfCancelled } from '../common/op.ts'
import { dropKept } from '../common/restore.ts'
import { changeRestore, changeSnapshot, type TreeFile, withoutSnapshot } from '../common/snapshot-tree.ts'
import type { Op } from '../provider.ts'
import { providerId } from './machine.ts'
import type { Known } from './machine-registry.ts'
import type { ProviderContext } from './provider-context.ts'
import { restorable } from './restore.ts'
import { type KeptSnapshot, readTree } from './snapshot-store.ts'
import { stateOf } from './states.ts'
import { presence } from './tags.ts'
import { tidyTrash } from './trash.ts'

/**
 * Puts right what an earlier Berth left half done in the snapshots of machines that are off now; those of others wait for a
 * later start. UTM's app is not started for it.
 */
export async function recover(context: ProviderContext, op: Op): Promise<void> {
  await tidyTrash(context)
  const { scan } = await context.machineRegistry.disk()
  for (const [uuid, bundle] of scan.known) {
    throwIfCancelled(op)
    try {
      if (isSettled(await readTree(bundle))) continue
      const known = await context.machineRegistry.known(machineId(providerId, uuid), quietOp)
      if (stateOf(known.observedState.status) === 'stopped') await settle(context, known)
    } catch (error) {
      context.host.log.warn('utm.recover', { uuid, error: String(error) })
    }
  }
}

function isSettled({ snapshots, restores }: TreeFile<KeptSnapshot>): boolean {
  return snapshots.every(({ phase }) => phase === 'there') && restores.every(({ phase }) => phase === 'done')
}

async function settle(context: ProviderContext, known: Known): Promise<void> {
  const machine = restorable(context, known)
  for (const { id, phase } of (await machine.read()).snapshots) {
    const tree = await machine.read()
    // A copy that was being kept goes with its record.
    const isKept = tree.restores.some((record) => record.keptId === id && record.phase === 'keeping')
    if (phase === 'there' || isKept) continue
    const isWhole = phase === 'taking' && (await presence(context, known.bundle, id, false, quietOp)) === 'all'
    if (isWhole) {
      await machine.write({ ...changeSnapshot(tree, id, { phase: 'there' }), currentId: id })
    } else {
      await machine.drop(id)
      await machine.write(withoutSnapshot(tree, id))
    }
  }
  for (const record of (await machine.read()).restores) {
    const tree = await machine.read()
    if (record.phase === 'keeping') await dropKept(machine, tree, record)
    // How far it came is not to be told without starting the machine: said so, and the kept copy is there to go back to.
    if (record.phase === 'switching') {
      await machine.write(changeRestore(tree, record.id, { state: 'failed', phase: 'done' }))
    }
  }
}
