import { machineId } from '../../../app/domain/ids.ts'
import type { Op } from '../provider.ts'
import {
  changeRestore,
  changeSnapshot,
  readTree,
  type TreeFile,
  withoutRestore,
  withoutSnapshot,
} from '../qemu/snapshot-store.ts'
import { type Bundle, ownFiles } from './bundle.ts'
import type { Known } from './fleet.ts'
import { providerId } from './machine.ts'
import { saveTree } from './snapshots.ts'
import { stateOf } from './states.ts'
import { deleteTag, presence } from './tags.ts'
import { tidyTrash } from './trash.ts'
import { quietOp, throwIfCancelled, type World } from './world.ts'

/**
 * Puts right what an earlier Berth left half done in the snapshots of machines that are off now; those of others wait for a
 * later start. UTM's app is not started for it.
 */
export async function recover(world: World, op: Op): Promise<void> {
  await tidyTrash(world)
  const { scan } = await world.fleet.disk()
  for (const [uuid, bundle] of scan.known) {
    throwIfCancelled(op)
    try {
      const tree = await readTree(ownFiles(bundle))
      if (isSettled(tree)) continue
      const known = await world.fleet.known(machineId(providerId, uuid), quietOp)
      if (stateOf(known.sight.status) === 'stopped') await settle(world, known, tree)
    } catch (error) {
      world.host.log.warn('utm.recover', { uuid, error: String(error) })
    }
  }
}

function isSettled({ snapshots, restores }: TreeFile): boolean {
  return snapshots.every(({ phase }) => phase === 'there') && restores.every(({ phase }) => phase === 'done')
}

async function settle(world: World, known: Known, before: TreeFile): Promise<void> {
  const { bundle } = known
  let tree = before
  for (const record of before.restores) {
    if (record.phase === 'keeping') {
      // The machine was not touched yet: the copy begun for it goes.
      await deleteTag(world, known, record.keptId, quietOp)
      tree = withoutRestore(withoutSnapshot(tree, record.keptId), record.id)
    } else if (record.phase === 'switching') {
      // How far it came is not to be told without starting the machine: said so, and the kept copy is there to go back to.
      tree = changeRestore(tree, record.id, { state: 'failed', phase: 'done' })
    }
  }
  for (const { id, phase } of tree.snapshots) {
    if (phase === 'there') continue
    const isWhole = phase === 'taking' && (await wholeIn(world, bundle, id))
    if (isWhole) tree = { ...changeSnapshot(tree, id, { phase: 'there' }), currentId: id }
    else {
      await deleteTag(world, known, id, quietOp)
      tree = withoutSnapshot(tree, id)
    }
  }
  await saveTree(bundle, tree)
}

async function wholeIn(world: World, bundle: Bundle, tag: string): Promise<boolean> {
  return (await presence(world, bundle, tag, false, quietOp)) === 'all'
}
