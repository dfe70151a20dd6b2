import { dirname } from 'node:path'
import { failure } from '../../../app/domain/errors.ts'
import { exists } from '../common/files.ts'
import type { RenameOps } from '../provider.ts'
import { idOf } from './inventory.ts'
import * as commands from './machine-commands.ts'
import { nameInUse } from './making.ts'
import { checkNewName } from './naming.ts'
import { type ProviderContext, runOnMachine, throwIfCancelled } from './provider-context.ts'
import { isResting } from './states.ts'

/** VirtualBox renames the machine's folder and files with it, where they are called after it. */
export function createRename(context: ProviderContext): RenameOps {
  const { inventory, host } = context
  return {
    async rename(id, name, op) {
      const { entry, settings, path } = await inventory.get(id)
      throwIfCancelled(op)
      if (settings.name === name) return
      if (!isResting(inventory.observedState(entry).word))
        throw failure('wrong-state', { key: 'virtualbox.why.renameRunning' })
      checkNewName(name, host.platform)
      // Only the case may differ where the file system does not tell names apart by it.
      const beside = `${dirname(dirname(path))}/${name}`
      if (name.toLowerCase() !== settings.name.toLowerCase() && (await exists(beside))) throw nameInUse()
      const isDone = async (): Promise<boolean> => (await inventory.get(idOf(entry.uuid))).settings.name === name
      await runOnMachine(context, entry, commands.rename(entry.uuid, name), op, { isDone })
      if (!(await isDone())) throw failure('tool-failed', { key: 'virtualbox.error.notRenamed' })
      inventory.publish(entry)
    },
  }
}
