import { isCancelled } from '../../../app/domain/errors.ts'
import { type MachineId, machineId } from '../../../app/domain/ids.ts'
import { makeFolder, syncTree } from '../../state/durable.ts'
import type { Host, Op } from '../provider.ts'
import { move, remove } from './files.ts'
import { throwIfCancelled } from './op.ts'

interface StagingOptions<F, E> {
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
  context: StagingOptions<F, E>,
  providerId: string,
  uuid: string,
  fill: (folder: F) => Promise<void>,
  op: Op,
): Promise<MachineId> {
  const staged = context.layout.staged(uuid)
  await makeFolder(staged.path)
  try {
    await fill(staged)
    throwIfCancelled(op)
    // Not every tool syncs what it writes (`qemu-img convert` never does), and a name must not outlive a power cut without its bytes.
    await syncTree(staged.path)
    await move(staged.path, context.layout.machine(uuid).path)
  } catch (error) {
    await remove(staged.path)
    if (!isCancelled(error)) context.host.log.warn(`${providerId}.make`, { uuid, error: String(error) })
    throw error
  }
  const id = machineId(providerId, uuid)
  const { entry } = await context.registry.get(id)
  context.registry.publish(entry)
  return id
}
