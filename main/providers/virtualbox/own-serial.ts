import { idOf } from './inventory.ts'
import * as commands from './machine-commands.ts'
import { type ProviderContext, quietOp, runOnMachine } from './provider-context.ts'
import { prepareSerialFolder, serialPathOf } from './serial-path.ts'

/**
 * A machine made from another has the other's serial line: whichever starts later would take it over. One that has such a line gets
 * its own.
 */
export async function takeOwnSerial(context: ProviderContext, uuid: string): Promise<void> {
  const { entry, settings } = await context.inventory.get(idOf(uuid))
  const [port] = settings.hardware.serialPorts
  const serialPath = serialPathOf(context.host, uuid)
  if (port?.slot !== 0 || port.mode !== 'pipe' || !port.isServer || port.path === serialPath) return
  await prepareSerialFolder(context.host, uuid)
  await runOnMachine(context, entry, commands.modify(uuid, { serialPath }), quietOp)
  await context.inventory.refresh(entry)
}
