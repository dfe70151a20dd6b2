import { mkdir } from 'node:fs/promises'
import { isCancelled } from '../../../app/domain/errors.ts'
import { type MachineId, machineId } from '../../../app/domain/ids.ts'
import { move, remove } from '../common/files.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { Op } from '../provider.ts'
import { type Definition, writeDefinition } from './definitions.ts'
import type { Folder } from './layout.ts'
import { providerId } from './machine.ts'
import type { World } from './world.ts'

/**
 * Makes a machine's folder aside and moves it into place when it is whole: a half-made machine is never seen, and what is
 * left of one is removed by the next start, because everything in it was made from something that is still there.
 */
export async function makeMachine(
  world: World,
  uuid: string,
  make: (folder: Folder) => Promise<Definition>,
  op: Op,
): Promise<MachineId> {
  const staged = world.layout.staged(uuid)
  await mkdir(staged.path, { recursive: true, mode: 0o700 })
  try {
    const definition = await make(staged)
    await writeDefinition(staged, definition)
    throwIfCancelled(op)
    await move(staged.path, world.layout.machine(uuid).path)
  } catch (error) {
    await remove(staged.path)
    if (!isCancelled(error)) world.host.log.warn('qemu.make', { uuid, error: String(error) })
    throw error
  }
  const id = machineId(providerId, uuid)
  const { entry } = await world.fleet.get(id)
  world.fleet.publish(entry)
  return id
}
