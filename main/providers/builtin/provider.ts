import type { MachineId } from '../../../app/domain/ids.ts'
import { write } from '../../../app/messages/write.ts'
import { createEmitter } from '../../../app/util/emitter.ts'
import { guarded } from '../common/guarded.ts'
import { throwIfCancelled } from '../common/op.ts'
import { createPurges } from '../common/purges.ts'
import type { Op, Provider, ProviderChange, ProviderFactory } from '../provider.ts'
import { createClone } from './clone.ts'
import { createConfigure } from './configure.ts'
import { createConsoles } from './consoles.ts'
import { createCreate } from './create.ts'
import { details } from './details.ts'
import { layoutOf } from './layout.ts'
import { endMachine } from './live.ts'
import { createLocate } from './locate.ts'
import { endpointId, providerId } from './machine.ts'
import { createMachineRegistry } from './machine-registry.ts'
import { createPower } from './power.ts'
import { emulator } from './program.ts'
import type { ProviderContext } from './provider-context.ts'
import { recover } from './recover.ts'
import { createSnapshots } from './snapshots.ts'
import { createSpareThread } from './spare-thread.ts'
import { createStats } from './stats.ts'
import { createSuspend } from './suspend.ts'
import { createRemove } from './trash.ts'
import { createUsedFiles } from './used-files.ts'

const name = { key: 'builtin.name' } as const

/** Machines that need nothing installed: each v86 in a thread of Berth's own, which ends with Berth. */
export const createBuiltinProvider: ProviderFactory = (host) => {
  const changes = createEmitter<ProviderChange>((error) => host.log.error('builtin.listener', { error: String(error) }))
  const layout = layoutOf(host.dataDir)
  const context: ProviderContext = {
    host,
    layout,
    registry: createMachineRegistry(host, layout, changes.emit),
    purges: createPurges(layout),
    spareThread: createSpareThread((error) => host.log.warn('builtin.spareThread', { error: String(error) })),
  }
  const { registry } = context
  const consoles = guarded(createConsoles(context))
  const power = guarded(createPower(context))
  const { trash, ...remove } = createRemove(context)
  const since = host.now().toISOString()

  const provider: Provider = {
    id: providerId,
    label: write(name, 'en'),
    labelKey: name.key,
    kind: 'vm',
    endsWithBerth: true,
    unsupported: { copyFiles: { key: 'why.noAgent' }, runCommand: { key: 'why.noAgentCommand' } },
    power,
    reset: power,
    restart: power,
    pause: power,
    suspend: guarded(createSuspend(context)),
    snapshots: guarded(createSnapshots(context)),
    consoles,
    screens: consoles,
    create: guarded(createCreate(context)),
    clone: guarded(createClone(context)),
    locate: guarded(createLocate(context)),
    rename: guarded({
      async rename(id: MachineId, name: string, op: Op) {
        const { entry, definition } = await registry.get(id)
        throwIfCancelled(op)
        await registry.save(entry, { ...definition, name })
      },
    }),
    configure: guarded(createConfigure(context)),
    remove: guarded(remove),
    trash: guarded(trash),
    stats: guarded(createStats(context)),
    usedFiles: createUsedFiles(layout),
    async probe(op) {
      throwIfCancelled(op)
      return {
        hosts: [{ id: 'local', label: null, address: null }],
        endpoints: [
          {
            id: endpointId,
            providerId,
            hostId: 'local',
            label: write(name, 'en'),
            labelKey: name.key,
            state: 'ready',
            version: emulator.replace(/\+.*/, ''),
            place: layout.machines,
            error: null,
            remedies: [],
            notices: [{ level: 'info', text: { key: 'builtin.limit.ends' } }],
            since,
          },
        ],
      }
    },
    async list(wanted: string, op: Op) {
      throwIfCancelled(op)
      if (wanted !== endpointId) return []
      const entries = await registry.all()
      throwIfCancelled(op)
      return entries.map(registry.machine)
    },
    async read(id: MachineId, op: Op) {
      throwIfCancelled(op)
      const entry = await registry.find(id)
      throwIfCancelled(op)
      return entry === null ? null : registry.machine(entry)
    },
    details: (id, op) => details(context, id, op),
    watch: changes.on,
    recover: () => recover(context),
    async dispose() {
      // Whoever quits has suspended or shut down what was to be kept; what is still on ends here, its disk whole.
      await Promise.all([context.spareThread.dispose(), ...registry.loaded().map(endMachine)])
    },
  }
  return provider
}
