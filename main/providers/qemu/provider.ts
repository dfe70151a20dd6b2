import type { MachineId } from '../../../app/domain/ids.ts'
import { createEmitter } from '../../../app/util/emitter.ts'
import { guarded } from '../common/guarded.ts'
import { createQemuImg } from '../common/images/qemu-img.ts'
import { throwIfCancelled } from '../common/op.ts'
import { createPurges } from '../common/purges.ts'
import type { Op, Provider, ProviderChange, ProviderFactory } from '../provider.ts'
import { createAccelerators } from './accelerator.ts'
import { createClone } from './clone.ts'
import { createConfigure } from './configure.ts'
import { createConsoles } from './consoles.ts'
import { createCreate } from './create.ts'
import { details } from './details.ts'
import { layoutOf } from './layout.ts'
import { isKnownToRun, leave, recheck } from './live.ts'
import { createLocate } from './locate.ts'
import { endpointId, providerId } from './machine.ts'
import { createMachineRegistry } from './machine-registry.ts'
import { createPower } from './power.ts'
import { probe } from './probe.ts'
import { createProcesses } from './process.ts'
import type { ProviderContext } from './provider-context.ts'
import { recover } from './recover.ts'
import { createScreens } from './screens.ts'
import { createSnapshots } from './snapshots.ts'
import { createStats } from './stats.ts'
import { createSuspend } from './suspend.ts'
import { createTools } from './tools.ts'
import { createRemove } from './trash.ts'
import { createUsedFiles } from './used-files.ts'

/** QEMU's machines on this computer: each a folder of Berth's and, while it is on, a process that outlives Berth. */
export const createQemuProvider: ProviderFactory = (host) => {
  const changes = createEmitter<ProviderChange>((error) => host.log.error('qemu.listener', { error: String(error) }))
  const layout = layoutOf(host.dataDir, host.runtimeDir)
  const context: ProviderContext = {
    host,
    layout,
    tools: createTools(host),
    images: createQemuImg(host),
    processes: createProcesses(host),
    accelerators: createAccelerators(host, () => changes.emit({ kind: 'endpoints' })),
    registry: createMachineRegistry(host, layout, changes.emit),
    purges: createPurges(layout),
    pinnedBases: new Set(),
  }
  const { registry } = context
  const power = guarded(createPower(context))
  const { trash, ...remove } = createRemove(context)

  const provider: Provider = {
    id: providerId,
    label: 'QEMU',
    kind: 'vm',
    unsupported: { copyFiles: { key: 'why.noAgent' }, runCommand: { key: 'why.noAgentCommand' } },
    power,
    reset: power,
    restart: power,
    pause: power,
    suspend: guarded(createSuspend(context)),
    snapshots: guarded(createSnapshots(context)),
    consoles: guarded(createConsoles(context)),
    screens: guarded(createScreens(context)),
    create: guarded(createCreate(context)),
    clone: guarded(createClone(context)),
    locate: guarded(createLocate(context)),
    rename: {
      async rename(id, name, op) {
        const { entry, definition } = await registry.get(id)
        throwIfCancelled(op)
        await registry.save(entry, { ...definition, name })
      },
    },
    configure: guarded(createConfigure(context)),
    remove: guarded(remove),
    trash: guarded(trash),
    stats: guarded(createStats(context)),
    usedFiles: createUsedFiles(layout),
    probe: (op) => probe(context, op),
    async list(wanted: string, op: Op) {
      throwIfCancelled(op)
      if (wanted !== endpointId) return []
      const entries = await registry.all()
      throwIfCancelled(op)
      for (const entry of entries) {
        // One that does not answer is asked again, and its row told when it does: the list does not wait for it.
        if (entry.live !== null && entry.live.qmp === null) void recheck(context, entry)
      }
      return entries.map(registry.machine)
    },
    async read(id: MachineId, op: Op) {
      throwIfCancelled(op)
      const entry = await registry.find(id)
      throwIfCancelled(op)
      if (entry === null) return null
      if (!isKnownToRun(entry)) await recheck(context, entry)
      return registry.machine(entry)
    },
    details: (id, op) => details(context, id, op),
    watch: changes.on,
    recover: () => recover(context),
    async dispose() {
      for (const { live } of registry.loaded()) if (live !== null) leave(live)
    },
  }
  return provider
}
