import { homedir } from 'node:os'
import { join } from 'node:path'
import type { ProviderContext } from './provider-context.ts'

/** Where VirtualBox makes machines: what is set in it, else its own default. */
export async function defaultMachineFolder({ inventory }: Pick<ProviderContext, 'inventory'>): Promise<string> {
  return (await inventory.registry()).machineFolder ?? join(homedir(), 'VirtualBox VMs')
}
