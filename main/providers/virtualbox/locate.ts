import { readFile } from 'node:fs/promises'
import { failure } from '../../../app/domain/errors.ts'
import type { LocateOps } from '../provider.ts'
import * as commands from './commands.ts'
import { parseSettings, type Settings } from './settings-file.ts'
import { act, quietOp, throwIfCancelled, type World } from './world.ts'

/** VirtualBox knows a machine by where its file is: it is registered anew at the other place, and no file is touched. */
export function createLocate(world: World): LocateOps {
  const { inventory } = world
  return {
    async locate(id, path, op) {
      const entry = await inventory.find(id)
      if (entry === null) throw failure('not-found', { key: 'error.machineGone' })
      if (entry.problem === null) throw failure('wrong-state', { key: 'virtualbox.error.notLost' })
      // Before anything is taken back: VirtualBox would refuse the file only once the machine is unregistered.
      const settings = await settingsAt(path)
      if (settings.uuid !== entry.uuid) {
        const params = { name: settings.name }
        throw failure('invalid-input', { key: 'virtualbox.error.otherMachine', params }, { field: 'path' })
      }
      throwIfCancelled(op)
      if (entry.path !== path) {
        await act(world, entry, commands.unregister(entry.uuid), quietOp, {
          // It says that it failed though it did not.
          isDone: async () => !(await inventory.registry()).machines.has(entry.uuid),
        })
        await act(world, entry, commands.register(path), quietOp, {
          isDone: async () => (await inventory.registry()).machines.get(entry.uuid) === path,
        })
      }
      const found = await inventory.find(id)
      if (found === null || found.path !== path) {
        throw failure('tool-failed', { key: 'virtualbox.error.notRegistered' }, { detail: path })
      }
      found.isRefused = false
      await inventory.refresh(found)
      inventory.publish(found)
    },
  }
}

async function settingsAt(path: string): Promise<Settings> {
  try {
    return parseSettings(await readFile(path, 'utf8'), path)
  } catch (error) {
    throw failure(
      'invalid-input',
      { key: 'virtualbox.error.noSettings' },
      { field: 'path', detail: error instanceof Error ? error.message : String(error) },
    )
  }
}
