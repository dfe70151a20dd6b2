import type { OsType } from '../../../app/domain/guess-os.ts'
import type { VmCreateOptions } from '../../../app/domain/spec.ts'
import { freeBytes, look } from '../common/files.ts'
import type { Op } from '../provider.ts'
import { isDriverMissing } from './driver.ts'
import { limitsOf } from './limits.ts'
import { endpointId } from './machine.ts'
import * as commands from './machine-commands.ts'
import { defaultMachineFolder } from './machine-folder.ts'
import type { Manage } from './manage.ts'
import { type ProviderContext, throwIfCancelled } from './provider-context.ts'

export const graphicsCards = [
  { id: 'vmsvga', label: 'VMSVGA' },
  { id: 'vboxsvga', label: 'VBoxSVGA' },
  { id: 'vboxvga', label: 'VBoxVGA' },
  { id: 'none', label: '—' },
] as const

/** What a new machine may be on this computer, with defaults that leave room for everything else. */
export async function createOptions(context: ProviderContext, op: Op): Promise<VmCreateOptions> {
  const folder = await defaultMachineFolder(context)
  const [free, osTypes] = await Promise.all([freeBytes(folder), context.osTypes(op)])
  throwIfCancelled(op)
  const slow = isDriverMissing(context.host.platform) ? ({ key: 'virtualbox.notice.noDriver' } as const) : null
  return {
    kind: 'vm',
    endpointId,
    architectures: [{ arch: hostArch(), accelerator: 'virtualbox', slow, noUefi: null }],
    ...limitsOf(free),
    osTypes: osTypes.filter(({ arch }) => arch === null || arch === hostArch()),
    graphics: graphicsCards,
    serialConsole: true,
    folder,
    freeBytes: free,
  }
}

/** VirtualBox runs only machines of this computer's own kind; 32-bit systems run on its 64-bit ones. */
export function hostArch(): string {
  return process.arch === 'arm64' ? 'aarch64' : 'x86_64'
}

/** The systems that this VirtualBox knows. */
export type OsTypes = (op: Op) => Promise<readonly OsType[]>

/** They come with the program: asked for once, until it is another, since VirtualBox takes up to a second to say them. */
export function createOsTypes(manage: Pick<Manage, 'file' | 'run'>): OsTypes {
  let known: { readonly stamp: string; readonly types: readonly OsType[] } | null = null
  return async (op) => {
    const file = await manage.file()
    const about = file === null ? null : await look(file)
    const stamp = JSON.stringify([file, about?.mtimeMs, about?.size])
    if (known?.stamp !== stamp) known = { stamp, types: parseOsTypes(await manage.run(commands.osTypes(), op)) }
    return known.types
  }
}

/** Reads `list ostypes`, in its short form (since 7.1) and the long one before. */
export function parseOsTypes(text: string): readonly OsType[] {
  return text.split(/\n(?=ID(?::| \/))/).flatMap((section) => {
    const short = /^ID \/ Description: +(\S+) -- (.+)$/m.exec(section)
    const id = short?.[1] ?? /^ID: +(\S+)$/m.exec(section)?.[1]
    const label = short?.[2] ?? /^Description: +(.+)$/m.exec(section)?.[1]
    if (id === undefined || label === undefined) return []
    return [{ id, label, arch: id.endsWith('_arm64') ? 'aarch64' : id.endsWith('_64') ? 'x86_64' : x86Only(section) }]
  })
}

/** A 32-bit system runs on x86 only; one whose section says nothing may run anywhere. */
function x86Only(section: string): string | null {
  return /^Architecture: +ARM/m.test(section) ? 'aarch64' : 'x86_64'
}
