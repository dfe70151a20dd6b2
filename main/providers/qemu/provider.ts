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
import { recover } from './recover.ts'
import { createScreens } from './screens.ts'
import { createSnapshots } from './snapshots.ts'
import { createStats } from './stats.ts'
import { createSuspend } from './suspend.ts'
import { createTools } from './tools.ts'
import { createRemove } from './trash.ts'
import { createUsedFiles } from './used-files.ts'
import type { World } from './world.ts'

/** QEMU's machines on this computer: each a folder of Berth's and, while it is on, a process that outlives Berth. */
export const createQemuProvider: ProviderFactory = (host) => {
  const changes = createEmitter<ProviderChange>((error) => host.log.error('qemu.listener', { error: String(error) }))
  const layout = layoutOf(host.dataDir, host.runtimeDir)
  const world: World = {
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
  const { registry } = world
  const power = guarded(createPower(world))
  const { trash, ...remove } = createRemove(world)

  const provider: Provider = {
    id: providerId,
    label: 'QEMU',
    kind: 'vm',
    never: { copyFiles: { key: 'why.noAgent' }, runCommand: { key: 'why.noAgentCommand' } },
    power,
    reset: power,
    restart: power,
    pause: power,
    suspend: guarded(createSuspend(world)),
    snapshots: guarded(createSnapshots(world)),
    consoles: guarded(createConsoles(world)),
    screens: guarded(createScreens(world)),
    create: guarded(createCreate(world)),
    clone: guarded(createClone(world)),
    locate: guarded(createLocate(world)),
    rename: {
      async rename(id, name, op) {
        const { entry, definition } = await registry.get(id)
        throwIfCancelled(op)
        await registry.save(entry, { ...definition, name })
      },
    },
    configure: guarded(createConfigure(world)),
    remove: guarded(remove),
    trash: guarded(trash),
    stats: guarded(createStats(world)),
    usedFiles: createUsedFiles(layout),
    probe: (op) => probe(world, op),
    async list(wanted: string, op: Op) {
      throwIfCancelled(op)
      if (wanted !== endpointId) return []
      const entries = await registry.all()
      throwIfCancelled(op)
      for (const entry of entries) {
        // One that does not answer is asked again, and its row told when it does: the list does not wait for it.
        if (entry.live !== null && entry.live.qmp === null) void recheck(world, entry)
      }
      return entries.map(registry.machine)
    },
    async read(id: MachineId, op: Op) {
      throwIfCancelled(op)
      const entry = await registry.find(id)
      throwIfCancelled(op)
      if (entry === null) return null
      if (!isKnownToRun(entry)) await recheck(world, entry)
      return registry.machine(entry)
    },
    details: (id, op) => details(world, id, op),
    watch: changes.on,
    recover: () => recover(world),
    async dispose() {
      for (const { live } of registry.loaded()) if (live !== null) leave(live)
    },
  }
  return provider
}
