import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir, userInfo } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { uuidOf } from './settings-file.ts'
import { type Medium, readMedia } from './settings-media.ts'
import { attributeOf, childOf, childrenOf, parseXml } from './xml.ts'

/** What `VirtualBox.xml` says: which machines there are, and where. Paths are absolute. */
export interface Registry {
  /** Settings file by the machine's UUID. */
  readonly machines: ReadonlyMap<string, string>
  /** Where new machines are made; null when VirtualBox's own default holds. */
  readonly machineFolder: string | null
  /** Media that belong to no machine's own file. */
  readonly media: readonly Medium[]
}

export const emptyRegistry: Registry = { machines: new Map(), machineFolder: null, media: [] }

/**
 * VirtualBox's own folder of settings, found as VirtualBox finds it: what the environment says, on Linux the old place if it
 * is there, else the usual one. Source: `GetVBoxUserHomeDirectory`.
 */
export function settingsHome(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string {
  const given = env['VBOX_USER_HOME']
  if (given !== undefined && given !== '') return resolve(given)
  // VirtualBox asks the system for root's home, whatever HOME says.
  const home = platform !== 'win32' && process.getuid?.() === 0 ? userInfo().homedir : homedir()
  if (platform === 'darwin') return join(home, 'Library', 'VirtualBox')
  const old = join(home, '.VirtualBox')
  if (platform === 'win32' || existsSync(old)) return old
  const config = env['XDG_CONFIG_HOME']
  return join(config !== undefined && isAbsolute(config) ? config : join(home, '.config'), 'VirtualBox')
}

export const registryPath = (home: string): string => join(home, 'VirtualBox.xml')

/** Throws when the file is not there, or not whole. */
export async function readRegistry(home: string): Promise<Registry> {
  return parseRegistry(await readFile(registryPath(home), 'utf8'), home)
}

export async function parseRegistry(text: string, home: string): Promise<Registry> {
  const global = childOf(await parseXml(text), 'Global')
  if (global === null) throw new Error('no registry inside')
  const absolute = (path: string | null): string | null =>
    path === null || path === '' ? null : isAbsolute(path) ? path : resolve(home, path)
  const machines = new Map<string, string>()
  for (const entry of childrenOf(childOf(global, 'MachineRegistry'), 'MachineEntry')) {
    const [uuid, path] = [uuidOf(entry, 'uuid'), absolute(attributeOf(entry, 'src'))]
    if (uuid !== null && path !== null) machines.set(uuid, path)
  }
  return {
    machines,
    machineFolder: absolute(attributeOf(childOf(global, 'SystemProperties'), 'defaultMachineFolder')),
    media: readMedia(global, absolute),
  }
}
