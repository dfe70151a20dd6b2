import { homedir, hostname, userInfo } from 'node:os'
import { basename } from 'node:path'
import type { ConsoleTarget } from './target.ts'

/** What a terminal of this computer is called where only its name is known: in the question before quitting. */
export const hostName = hostname

/**
 * The person's own shell on this computer, as their terminal program would start it: in their home, and on a Mac as a login,
 * since a program started from the desktop has not read their profile.
 */
export function hostShell(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): ConsoleTarget {
  const file = shellOf(env, platform)
  return {
    kind: 'pty',
    title: basename(file).replace(/\.exe$/i, ''),
    file,
    args: platform === 'darwin' ? ['-l'] : [],
    env: {},
    folder: homedir(),
    explain: () => null,
  }
}

function shellOf(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): string {
  if (platform === 'win32') return 'powershell.exe'
  const ofAccount = (): string | null => {
    try {
      return userInfo().shell
    } catch {
      return null // An account that the system's list does not have.
    }
  }
  return env['SHELL'] || ofAccount() || '/bin/sh'
}
