import { createEmitter } from '../../../app/util/emitter.ts'
import { guarded } from '../common/guarded.ts'
import type { Provider, ProviderChange, ProviderFactory } from '../provider.ts'
import { createClone } from './clone.ts'
import { createConfigure } from './configure.ts'
import { createConsoles } from './consoles.ts'
import { createCreate } from './create.ts'
import { createOsTypes } from './create-options.ts'
import { details } from './details.ts'
import { createInventory } from './inventory.ts'
import { createLocate } from './locate.ts'
import { providerId } from './machine.ts'
import { createMachineQueue } from './machine-queue.ts'
import { createManage } from './manage.ts'
import { createExporting, createImporting } from './moving.ts'
import { createPoller } from './poller.ts'
import { createPower } from './power.ts'
import { probe } from './probe.ts'
import type { ProviderContext } from './provider-context.ts'
import { recoverWork } from './recover-work.ts'
import { settingsHome } from './registry.ts'
import { createRemoteDisplays } from './remote-display.ts'
import { createRename } from './rename.ts'
import { createScreens } from './screens.ts'
import { createSerialRelays } from './serial-relay.ts'
import { createSnapshots } from './snapshots.ts'
import { createStats } from './stats.ts'
import { createSuspend } from './suspend.ts'
import { createRemove } from './trash.ts'
import { createTrashStore } from './trash-store.ts'
import { usedFiles } from './used-files.ts'
import { createWatch, type Watch } from './watch.ts'
import { withoutDisplay } from './without-display.ts'

/** VirtualBox's machines on this computer, of this person: VirtualBox's own server keeps them, and they outlive Berth. */
export const createVirtualBoxProvider: ProviderFactory = (host) => {
  const changes = createEmitter<ProviderChange>((error) =>
    host.log.error('virtualbox.listener', { error: String(error) }),
  )
  const home = settingsHome(host.platform, process.env)
  const manage = createManage(host)
  const queue = createMachineQueue()
  const osTypes = createOsTypes(manage)
  const base = {
    host,
    home,
    manage,
    queue,
    osTypes,
    inventory: createInventory(host, home, manage, queue, changes.emit),
  }
  const displays = createRemoteDisplays(base)
  const context: ProviderContext = { ...base, displays }
  const { inventory } = context
  const power = guarded(withoutDisplay(displays, createPower(context), ['shutDown', 'powerOff', 'restart']))
  const store = createTrashStore(host)
  const { trash, ...remove } = createRemove(context, store)
  const relays = createSerialRelays(context)
  let watching: Watch | null = null
  let poller: { stop(): void } | null = null

  const stopWatching = (): void => {
    watching?.stop()
    poller?.stop()
    watching = null
    poller = null
  }

  const provider: Provider = {
    id: providerId,
    label: 'VirtualBox',
    kind: 'vm',
    unsupported: { copyFiles: { key: 'why.noAgent' }, runCommand: { key: 'why.noAgentCommand' } },
    power,
    reset: power,
    restart: power,
    pause: power,
    suspend: guarded(withoutDisplay(displays, createSuspend(context), ['suspend'])),
    snapshots: guarded(
      withoutDisplay(displays, createSnapshots(context, store), ['take', 'delete', 'restore', 'undo', 'letGo']),
    ),
    consoles: guarded(createConsoles(context, relays)),
    screens: guarded(createScreens(context)),
    create: guarded(createCreate(context)),
    clone: guarded(createClone(context, store)),
    exporting: guarded(createExporting(context)),
    importing: guarded(createImporting(context)),
    locate: guarded(createLocate(context)),
    rename: guarded(createRename(context)),
    configure: guarded(createConfigure(context)),
    remove: guarded(remove),
    trash: guarded(trash),
    stats: guarded(createStats(context)),
    usedFiles: () => usedFiles(context, store),
    probe: (op) => probe(context, op),
    async list(_endpointId, op) {
      const machines = await inventory.list(op)
      watching?.arrange()
      relays.arrange()
      return machines
    },
    async read(id, op) {
      const seen = await inventory.look(id, op)
      return seen === null ? null : inventory.machine(seen.entry)
    },
    details: (id, op) => details(context, id, op),
    watch(changed) {
      const stop = changes.on(changed)
      watching ??= createWatch(context, changes.emit)
      watching.arrange()
      poller ??= createPoller(context, () => watching?.arrange())
      return () => {
        stop()
        if (changes.size() === 0) stopWatching()
      }
    },
    async recover() {
      await displays.recover()
      await recoverWork(context, store)
    },
    async dispose() {
      stopWatching()
      await displays.dispose()
      await relays.stop()
    },
  }
  return provider
}
