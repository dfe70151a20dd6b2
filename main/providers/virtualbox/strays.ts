import { exists } from '../common/files.ts'
import * as commands from './commands.ts'
import { newEntry } from './entry.ts'
import { idOf } from './inventory.ts'
import { readList } from './parse.ts'
import { type ProviderContext, quietOp, runOnMachine } from './provider-context.ts'

/**
 * Takes a removed machine out of VirtualBox once more if VirtualBox has it again: a server that was killed while the machine was
 * removed leaves it registered, with nothing where its settings were. One that has settings there was registered by somebody.
 */
export async function forgetStray(context: ProviderContext, uuid: string): Promise<void> {
  const { inventory, manage, host } = context
  const { machines } = await inventory.registry()
  const path = machines.get(uuid)
  // The server may know more than it has written. One that cannot be asked knows nothing else.
  const listed = await manage.run(commands.listMachines(), quietOp).then(
    (text) => readList(text, () => true).map((one) => one.uuid),
    () => [...machines.keys()],
  )
  if (!listed.includes(uuid)) return
  if (path !== undefined && (await exists(path))) return
  host.log.warn('virtualbox.stray', { uuid, path: path ?? null })
  const entry = (await inventory.find(idOf(uuid))) ?? newEntry(uuid)
  await runOnMachine(context, entry, commands.unregister(uuid), quietOp, {
    // It says that it failed though it did not.
    isDone: async () => !(await inventory.registry()).machines.has(uuid),
  })
  await inventory.refreshRegistry()
  inventory.changed({ kind: 'removed', id: idOf(uuid) })
}
