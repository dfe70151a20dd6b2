import type { MachineId } from '../../../app/domain/ids.ts'
import type { VmSpec } from '../../../app/domain/spec.ts'
import { MiB } from '../../../app/domain/units.ts'
import type { Log } from '../../../main/log.ts'
import type { Host, Provider } from '../../../main/providers/provider.ts'
import { createVirtualBoxProvider } from '../../../main/providers/virtualbox/provider.ts'
import { facet, op, temporaryHost } from '../../conformance/ground.ts'
import { talkTo } from '../../conformance/talk.ts'
import { type Lab, openLab } from '../../support/virtualbox-lab.ts'

/** A provider on a lab of its own, and what the tests of what it does need again and again. */
export interface Acts {
  readonly lab: Lab
  readonly host: Host
  /** The present Berth's. */
  readonly provider: () => Provider
  readonly spec: (name: string, more?: Partial<VmSpec>) => VmSpec
  /** A machine with the guest and Berth's serial line, off. */
  readonly make: (name: string) => Promise<MachineId>
  readonly uuidOf: (id: MachineId) => string
  /** Types a line on the machine's console and gives what is said until it matches, from there on. */
  readonly ask: (id: MachineId, line: string, answer: RegExp) => Promise<string>
  /** Keeps a text where the snapshots of the running machine hold it. */
  readonly write: (id: MachineId, text: string) => Promise<void>
  readonly read: (id: MachineId) => Promise<string>
  /** Ends this Berth and starts the next on the same folders. */
  readonly again: () => Promise<void>
  readonly leave: () => Promise<readonly string[]>
}

export async function openActs(name: string, log?: Log): Promise<Acts> {
  const lab = await openLab(name)
  const { host, remove } = await temporaryHost(log)
  const begin = async (): Promise<Provider> => {
    const made = createVirtualBoxProvider(host)
    await made.recover(op())
    await made.list('virtualbox:local', op())
    return made
  }
  let provider = await begin()
  const uuidOf = (id: MachineId): string => id.slice('virtualbox:'.length)
  const spec: Acts['spec'] = (machineName, more = {}) => ({
    kind: 'vm',
    endpointId: 'virtualbox:local',
    name: machineName,
    arch: 'x86_64',
    osType: 'Other',
    cpus: 1,
    memoryBytes: 16 * MiB,
    disk: { from: 'image', path: lab.guestDisk, format: 'raw', use: 'copy' },
    isoPath: null,
    network: { mode: 'none' },
    firmware: 'bios',
    startAfter: false,
    ...more,
  })

  const ask: Acts['ask'] = async (id, line, answer) => {
    // A guest that has not booted yet does not hear: it is asked again.
    for (let left = 40; ; left -= 1) {
      const target = await facet({ provider } as never, 'consoles').target(
        id,
        'serial0',
        { user: null, folder: null },
        op(),
      )
      // Without the log only what is said from now on is heard.
      const talk = await talkTo(target.kind === 'socket' ? { ...target, logPath: null } : target)
      try {
        talk.type(`${line}\r`)
        return await talk.until(answer, 1_500)
      } catch (error) {
        if (left === 0) throw error
      } finally {
        talk.end()
      }
    }
  }

  return {
    lab,
    host,
    provider: () => provider,
    spec,
    make: (machineName) => facet({ provider } as never, 'create').create(spec(machineName), op()),
    uuidOf,
    ask,
    async write(id, text) {
      await ask(id, `write ${text}`, /Written to the disk/)
    },
    async read(id) {
      const said = await ask(id, 'read', /(?:On the disk: [^\r]*|Nothing is on the disk[^\r]*)\r/)
      return /On the disk: ([^\r]*)\r/.exec(said)?.[1] ?? ''
    },
    async again() {
      await provider.dispose()
      provider = await begin()
    },
    async leave() {
      await provider.dispose()
      const left = await lab.leave()
      await remove()
      return left
    },
  }
}
