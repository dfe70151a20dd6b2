import { constants } from 'node:fs'
import { access, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Text } from '../../../app/messages/text.ts'
import type { ProviderContext } from './provider-context.ts'
import type { Settings } from './settings-file.ts'

const program = 'VirtualBoxVM'
/** Where packages put it when it is not beside VBoxManage, nor on any path. */
const usualFolders = ['/usr/lib/virtualbox', '/usr/lib64/virtualbox', '/opt/VirtualBox'] as const

/** Whether a machine is set to start in a window. VirtualBox's `separate` is one too, in a process of its own. */
export function hasOwnWindow({ defaultFrontEnd }: Pick<Settings, 'defaultFrontEnd'>): boolean {
  return defaultFrontEnd === 'gui' || defaultFrontEnd === 'separate'
}

/** Why no machine can start in a window of VirtualBox's own here; null when it can. */
export async function withheldWindow(
  { host, manage }: Pick<ProviderContext, 'host' | 'manage'>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Text | null> {
  if (!(await hasProgram(host, await manage.file()))) return { key: 'virtualbox.why.noWindowProgram' }
  const needsDisplay = host.platform !== 'win32' && host.platform !== 'darwin'
  const hasDisplay = Boolean(env['DISPLAY']) || Boolean(env['WAYLAND_DISPLAY'])
  return needsDisplay && !hasDisplay ? { key: 'virtualbox.why.noDesktop' } : null
}

async function hasProgram({ findTool, platform }: ProviderContext['host'], manage: string | null): Promise<boolean> {
  if ((await findTool(program)) !== null) return true
  const beside = manage === null ? [] : [dirname(manage), dirname(await realpath(manage).catch(() => manage))]
  const name = platform === 'win32' ? `${program}.exe` : program
  for (const folder of [...beside, ...(platform === 'win32' ? [] : usualFolders)]) {
    const isThere = await access(join(folder, name), constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return true
  }
  return false
}
