import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { MachineId } from '../../app/domain/ids.ts'
import type { Machine } from '../../app/domain/machine.ts'
import type { VmSpec } from '../../app/domain/spec.ts'
import { MiB } from '../../app/domain/units.ts'
import { createBuiltinProvider } from '../../main/providers/builtin/provider.ts'
import type { Host, Provider } from '../../main/providers/provider.ts'
import { op, temporaryHost } from '../conformance/ground.ts'
import { type Talk, talkTo } from '../conformance/talk.ts'

/** Built-in machines in folders of their own, and a second Berth on the same folders whenever a test wants one. */
export interface BuiltinGround {
  provider: Provider
  readonly host: Host
  readonly spec: (name: string, change?: Partial<VmSpec>) => VmSpec
  readonly make: (name: string, change?: Partial<VmSpec>) => Promise<MachineId>
  readonly machine: (id: MachineId) => Promise<Machine>
  readonly folderOf: (id: MachineId) => string
  /** Begins to start a machine. Settles once it is said to be starting, with what settles when it runs. */
  readonly beginStart: (id: MachineId) => Promise<{ readonly started: Promise<void> }>
  /** Types without waiting for an answer. */
  readonly type: (id: MachineId, text: string) => Promise<void>
  /** Types a line and waits for what the guest says to it. */
  readonly say: (id: MachineId, line: string, answer: RegExp) => Promise<RegExpExecArray>
  /** Another Berth on the same folders; `between` them the folders can be what a crash leaves. */
  readonly again: (between?: () => Promise<void>) => Promise<void>
  /** What is still there of it once everything is over. */
  readonly leave: () => Promise<readonly string[]>
}

export async function builtinGround(change: Partial<Pick<Host, 'locale' | 'dataDir'>> = {}): Promise<BuiltinGround> {
  const temporary = await temporaryHost()
  const { remove } = temporary
  const host: Host = { ...temporary.host, ...change }
  const first = createBuiltinProvider(host)
  await first.recover(op())

  const talk = async (id: MachineId): Promise<Talk> => {
    const target = await ground.provider.consoles?.target(id, 'serial0', { user: null, folder: null }, op())
    if (target === undefined) throw new Error('no consoles')
    return talkTo(target)
  }
  const ground: BuiltinGround = {
    provider: first,
    host,
    spec: (name, change = {}) => ({
      kind: 'vm',
      endpointId: 'builtin:local',
      name,
      arch: 'i386',
      cpus: 1,
      memoryBytes: 4 * MiB,
      disk: { from: 'blank', sizeBytes: MiB },
      isoPath: null,
      network: { mode: 'none' },
      firmware: 'bios',
      startAfter: false,
      ...change,
    }),
    async make(name, change) {
      const { create } = ground.provider
      if (create === undefined) throw new Error('no create')
      return create.create(ground.spec(name, change), op())
    },
    async machine(id) {
      const machine = await ground.provider.read(id, op())
      if (machine === null) throw new Error(`${id} is gone`)
      return machine
    },
    folderOf: (id) => join(host.dataDir, 'machines', id.slice(id.indexOf(':') + 1)),
    async beginStart(id) {
      let stop = (): void => {}
      const isStarting = new Promise<void>((resolve) => {
        stop = ground.provider.watch((change) => {
          if (change.kind === 'upsert' && change.machine.id === id && change.machine.state === 'starting') resolve()
        })
      })
      const started = ground.provider.power.start(id, op())
      started.catch(() => {})
      await Promise.race([isStarting, started])
      stop()
      return { started }
    },
    async type(id, text) {
      const line = await talk(id)
      line.type(text)
      line.end()
    },
    async say(id, line, answer) {
      const guest = await talk(id)
      try {
        await guest.until(/> /)
        // Its echo tells the answer from everything the log had before.
        const mark = `echo ${Math.random().toString(36).slice(2)}`
        guest.type(`${mark}\r`)
        await guest.until(new RegExp(`\\n${mark.slice(5)}\\r\\n> `))
        guest.type(`${line}\r`)
        const said = await guest.until(new RegExp(`${answer.source}[^>]*> `, answer.flags))
        const match = new RegExp(answer.source, answer.flags).exec(said)
        if (match === null) throw new Error(`no ${answer} in ${said}`)
        return match
      } finally {
        guest.end()
      }
    },
    async again(between) {
      await ground.provider.dispose()
      await between?.()
      ground.provider = createBuiltinProvider(host)
      await ground.provider.recover(op())
    },
    async leave() {
      await ground.provider.dispose()
      const left = await readdir(host.runtimeDir).catch(() => [])
      await remove()
      return left
    },
  }
  return ground
}
