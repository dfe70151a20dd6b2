import { type MachineId, machineId } from '../../../app/domain/ids.ts'
import type { Log } from '../../../main/log.ts'
import type { Host, Provider } from '../../../main/providers/provider.ts'
import { createVirtualBoxProvider } from '../../../main/providers/virtualbox/provider.ts'
import { op, temporaryHost } from '../../conformance/ground.ts'
import { type Lab, openLab } from '../../support/virtualbox-lab.ts'

/** A provider on a lab of its own, and what the tests of what it does need again and again. */
export interface Acts {
  readonly lab: Lab
  readonly host: Host
  readonly provider: Provider
  /** A machine with the guest, off. */
  readonly make: (name: string) => Promise<MachineId>
  readonly uuidOf: (id: MachineId) => string
  /** Keeps a text where the snapshots of the running machine hold it. */
  readonly write: (id: MachineId, text: string) => Promise<void>
  readonly read: (id: MachineId) => Promise<string>
  /** The provider of the next Berth on the same folders, after this one ended without a word. */
  readonly again: () => Promise<Provider>
  readonly leave: () => Promise<readonly string[]>
}

export async function openActs(name: string, log?: Log): Promise<Acts> {
  const lab = await openLab(name)
  const { host, remove } = await temporaryHost(log)
  const provider = createVirtualBoxProvider(host)
  await provider.recover(op())
  const providers = [provider]
  const uuidOf = (id: MachineId): string => id.slice('virtualbox:'.length)
  return {
    lab,
    host,
    provider,
    make: async (machineName) => machineId('virtualbox', await lab.make(machineName)),
    uuidOf,
    write: (id, text) => lab.write(uuidOf(id), text),
    read: (id) => lab.read(uuidOf(id)),
    async again() {
      const next = createVirtualBoxProvider(host)
      providers.push(next)
      await next.recover(op())
      return next
    },
    async leave() {
      for (const one of providers) await one.dispose()
      const left = await lab.leave()
      await remove()
      return left
    },
  }
}
