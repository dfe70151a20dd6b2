import { existsSync } from 'node:fs'

/** Whether VirtualBox's kernel driver is not loaded: machines then do not start, or are interpreted and very slow. */
export function isDriverMissing(platform: NodeJS.Platform, exists: (path: string) => boolean = existsSync): boolean {
  return platform === 'linux' && !exists('/dev/vboxdrv')
}
