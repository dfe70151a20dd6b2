import { idOf } from './inventory.ts'
import * as commands from './machine-commands.ts'
import { prepareSerialFolder, serialPathOf } from './serial-path.ts'
import { quietOp, runOnMachine, type World } from './world.ts'

/**
 * A machine made from another has the other's serial line: whichever starts later would take it over. One that has such a line gets
 * its own.
 */
export async function takeOwnSerial(world: World, uuid: string): Promise<void> {
  const { entry, settings } = await world.inventory.get(idOf(uuid))
  const [port] = settings.hardware.serialPorts
  const serialPath = serialPathOf(world.host, uuid)
  if (port?.slot !== 0 || port.mode !== 'pipe' || !port.isServer || port.path === serialPath) return
  await prepareSerialFolder(world.host, uuid)
  await runOnMachine(world, entry, commands.modify(uuid, { serialPath }), quietOp)
  await world.inventory.refresh(entry)
}
