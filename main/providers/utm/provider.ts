import { homedir } from 'node:os'
import type { MachineId } from '../../../app/domain/ids.ts'
import { createEmitter } from '../../../app/util/emitter.ts'
import { createSerial } from '../../../app/util/serial.ts'
import { guarded } from '../common/guarded.ts'
import { createQemuImg } from '../common/images/qemu-img.ts'
import { quietOp, throwIfCancelled } from '../common/op.ts'
import { createPurges } from '../common/purges.ts'
import type { Host, Op, Provider, ProviderChange } from '../provider.ts'
import { createAddresses } from './addresses.ts'
import { createBundles } from './bundles.ts'
import { createClone } from './clone.ts'
import { createConfigure } from './configure.ts'
import { createConsoles } from './consoles.ts'
import { createCreate } from './create.ts'
import { details } from './details.ts'
import { createExporting } from './exporting.ts'
import { createCommands } from './guest-command.ts'
import { createFiles } from './guest-files.ts'
import { createImporting } from './importing.ts'
import { layoutOf } from './layout.ts'
import { endpointId, providerId } from './machine.ts'
import { createMachineRegistry } from './machine-registry.ts'
import { createMemory } from './memory.ts'
import { createPower } from './power.ts'
import { probe } from './probe.ts'
import type { ProviderContext } from './provider-context.ts'
import { recover } from './recover.ts'
import { containerOf, createRegistry } from './registry.ts'
import { createSnapshots } from './snapshots.ts'
import { createSuspend } from './suspend.ts'
import { createTool } from './tool.ts'
import { createRemove } from './trash.ts'
import { usedFiles } from './used-files.ts'
import { watchMachines } from './watch.ts'

/** Whose UTM it is, where that is not this process's own person and session. */
export interface UtmPlace {
  readonly home: string
  readonly env: NodeJS.ProcessEnv
}

/** UTM's machines on this Mac, driven through its own tools and read from its bundles. */
export function createUtmProvider(
  host: Host,
  { home, env }: UtmPlace = { home: homedir(), env: process.env },
): Provider {
  const changes = createEmitter<ProviderChange>((error) => host.log.error('utm.listener', { error: String(error) }))
  const { documents, preferences } = containerOf(home)
  const tool = createTool(host, env)
  const images = createQemuImg(host)
  const hasImages = async (): Promise<boolean> => (await host.findTool('qemu-img')) !== null
  const memory = createMemory(images, hasImages, host.now)
  let watchers = 0
  const machineRegistry = createMachineRegistry({
    tool,
    memory,
    readRegistry: createRegistry(preferences),
    scan: createBundles(documents, host.log),
    addresses: () => addresses,
    abilities: async (op) => ({ live: await tool.hasSnapshots(op), images: await hasImages() }),
    changed: changes.emit,
    log: host.log,
  })
  const addresses = createAddresses(tool, host.now, (uuid) => void machineRegistry.publish(uuid, quietOp), host.log)
  const layout = layoutOf(host.dataDir)
  const context: ProviderContext = {
    host,
    layout,
    tool,
    images,
    memory,
    addresses,
    machineRegistry,
    purges: createPurges(layout),
    making: createSerial(),
  }
  const power = guarded(createPower(context))
  const { trash, ...remove } = createRemove(context)
  const { rename, ...configure } = createConfigure(context)

  return {
    id: providerId,
    label: 'UTM',
    kind: 'vm',
    unsupported: { reset: { key: 'utm.why.reset' } },
    power,
    restart: power,
    pause: power,
    suspend: guarded(createSuspend(context)),
    snapshots: guarded(createSnapshots(context)),
    consoles: guarded(createConsoles(context)),
    create: guarded(createCreate(context, documents)),
    clone: guarded(createClone(context)),
    exporting: guarded(createExporting(context)),
    importing: guarded(createImporting(context, documents, { rename })),
    rename: guarded({ rename }),
    configure: guarded(configure),
    remove: guarded(remove),
    trash: guarded(trash),
    files: guarded(createFiles(context)),
    commands: guarded(createCommands(context)),
    usedFiles: () => usedFiles(context),
    probe: (op) => probe(context, documents, op),
    async list(wanted, op: Op) {
      throwIfCancelled(op)
      if (wanted !== endpointId) return []
      const machines = await machineRegistry.all(op)
      // Asked only while somebody watches: the answers come later, as changes.
      if (watchers > 0) addresses.refresh(machines.filter(({ state }) => state === 'running').map(uuidOf))
      return machines
    },
    async read(id, op) {
      throwIfCancelled(op)
      return machineRegistry.find(id, op)
    },
    async details(id, op) {
      throwIfCancelled(op)
      return details(context, id, op)
    },
    watch(changed) {
      watchers += 1
      const off = changes.on(changed)
      const stop = watchMachines({ host, machineRegistry, documents, preferences }, changed)
      return () => {
        watchers -= 1
        stop()
        off()
      }
    },
    recover: (op) => recover(context, op),
    dispose: async () => {},
  }
}

function uuidOf({ id }: { readonly id: MachineId }): string {
  return id.slice(providerId.length + 1)
}
