import { readdir } from 'node:fs/promises'
import { basename, dirname, sep } from 'node:path'
import type { ProviderContext } from './provider-context.ts'

/**
 * The folder that is a machine's own, as VirtualBox itself goes by when it renames or moves one; null when other machines' settings
 * are in it, or it is not called after the machine. A settings file may stand anywhere, also in a person's home.
 */
export async function ownFolder(
  { inventory }: Pick<ProviderContext, 'inventory'>,
  uuid: string,
  settingsPath: string,
): Promise<string | null> {
  const folder = dirname(settingsPath)
  const { machines, machineFolder } = await inventory.registry()
  if (folder === machineFolder || folder === dirname(folder)) return null
  if (basename(settingsPath, '.vbox') !== basename(folder)) return null
  for (const [other, path] of machines) {
    if (other !== uuid && path.startsWith(folder + sep)) return null
  }
  const settingsFiles = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.vbox'))
  return settingsFiles.length === 1 ? folder : null
}
