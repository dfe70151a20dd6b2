import type { EndpointId, MachineId } from '../../../app/domain/ids.ts'
import type { Machine } from '../../../app/domain/machine.ts'
import type { Host, Op, Provider, ProviderFactory } from '../provider.ts'
import { removeLeftInput } from './client-input.ts'
import { createConfigure } from './configure.ts'
import { createConsoles } from './consoles.ts'
import { createCreate } from './create.ts'
import { createDetails } from './details.ts'
import { createEndpoints } from './endpoints.ts'
import { createFiles } from './files.ts'
import { createJournal } from './journal.ts'
import { createLeftShells } from './left-shells.ts'
import { withLeftSnapshots } from './left-snapshots.ts'
import { removeLeftovers } from './leftovers.ts'
import { createPower } from './power.ts'
import type { ProviderContext } from './provider-context.ts'
import { createRemoval } from './removal.ts'
import { createRestores } from './restore.ts'
import { createSnapshots } from './snapshots.ts'
import { createStats } from './stats.ts'

/** Containers of every docker context, and of podman. */
export const createDockerProvider: ProviderFactory = (host: Host): Provider => {
  const journal = createJournal(host.dataDir, host.log, host.problems)
  const endpoints = createEndpoints(host, journal)
  const leftShells = createLeftShells(host)
  const context: ProviderContext = { host, journal, endpoints, leftShells }
  const power = createPower(context)
  const restores = createRestores(context)
  const removal = createRemoval(context)

  /** Puts right what a crash left, once the endpoint it concerns answers. */
  const settle = async (endpointId: EndpointId, op: Op): Promise<void> => {
    if (journal.isPending()) endpoints.follower(endpointId).lookAnew()
    await restores.settle(endpointId, op)
    await removal.settle(endpointId, op)
  }
  const settled = new Set<EndpointId>()

  return {
    id: 'docker',
    label: 'Docker',
    kind: 'container',
    unsupported: {
      suspend: { key: 'why.container' },
      discardSuspended: { key: 'why.container' },
      runCommand: { key: 'docker.why.runCommand' },
    },
    probe: endpoints.probe,
    async list(endpointId, op): Promise<readonly Machine[]> {
      const follower = endpoints.follower(endpointId)
      const isUnsettled = [restores, removal].filter((part) => part.takeUnsettled(endpointId)).length > 0
      if (!settled.has(endpointId) || isUnsettled) {
        await settle(endpointId, op)
        settled.add(endpointId)
      }
      const machines = await follower.list(op)
      await restores.forgetGone(follower, op)
      await removeLeftovers(context, follower, op)
      void leftShells.settle(follower)
      return machines
    },
    async read(id: MachineId, op) {
      return endpoints.read(id, op)
    },
    details: createDetails(context),
    watch: endpoints.watch,
    async recover(op) {
      await removeLeftInput(host)
      if (!journal.isPending()) return
      await endpoints.probe(op)
      for (const { engine } of endpoints.ready()) {
        await settle(engine.endpointId, op)
        settled.add(engine.endpointId)
      }
    },
    async dispose() {
      endpoints.dispose()
    },
    power,
    restart: power,
    pause: power,
    rename: power,
    configure: createConfigure(context),
    consoles: createConsoles(context),
    create: createCreate(context),
    snapshots: createSnapshots(context, restores),
    remove: removal,
    trash: withLeftSnapshots(context, restores, removal.trash),
    stats: createStats(context),
    files: createFiles(context),
  }
}
