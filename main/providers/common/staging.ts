import { isCancelled } from '../../../app/domain/errors.ts'
import { type MachineId, machineId } from '../../../app/domain/ids.ts'
import { makeFolder, syncTree } from '../../state/durable.ts'
import type { Host, Op } from '../provider.ts'
import { move, remove } from './files.ts'
import { throwIfCancelled } from './op.ts'

interface StagingWorld<F, E> {
  readonly host: Pick<Host, 'log'>
  readonly layout: {
    machine(uuid: string): F
    staged(uuid: string): F
  }
  readonly registry: {
    get(id: MachineId): Promise<{ readonly entry: E }>
    publish(entry: E): void
  }
}

/**
 * Makes a machine's folder aside and moves it into place when it is whole: a half-made machine is never seen, and what is
 * left of one is removed by the next start, because everything in it was made from something that is still there.
 */
export async function makeMachine<F extends { readonly path: string }, E>(
  world: StagingWorld<F, E>,
  providerId: string,
  uuid: string,
  fill: (folder: F) => Promise<void>,
  op: Op,
): Promise<MachineId> {
  const staged = world.layout.staged(uuid)
  await makeFolder(staged.path)
  try {
    await fill(staged)
    throwIfCancelled(op)
    // Not every tool syncs what it writes (`qemu-img convert` never does), and a name must not outlive a power cut without its bytes.
    await syncTree(staged.path)
    await move(staged.path, world.layout.machine(uuid).path)
  } catch (error) {
    await remove(staged.path)
    if (!isCancelled(error)) world.host.log.warn(`${providerId}.make`, { uuid, error: String(error) })
    throw error
  }
  const id = machineId(providerId, uuid)
  const { entry } = await world.registry.get(id)
  world.registry.publish(entry)
  return id
}
