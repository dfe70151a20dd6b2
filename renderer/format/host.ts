import type { HostInfo } from '../../app/domain/provider.ts'
import type { SystemInfo } from '../../app/domain/system.ts'
import type { SayFunction } from '../say.tsx'

/** What a host is called: its own name, or "This Mac" in the person's language. */
export function hostLabel(host: HostInfo, system: SystemInfo | null, say: SayFunction): string {
  return host.label ?? thisComputer(system, say)
}

export function thisComputer(system: SystemInfo | null, say: SayFunction): string {
  if (system?.platform === 'darwin') return say('nav.thisMac')
  return say(system?.platform === 'win32' ? 'nav.thisPc' : 'nav.thisComputer')
}
