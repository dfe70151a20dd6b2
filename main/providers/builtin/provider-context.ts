import type { Purges } from '../common/purges.ts'
import type { Host } from '../provider.ts'
import type { Layout } from './layout.ts'
import type { MachineRegistry } from './machine-registry.ts'
import type { SpareThread } from './spare-thread.ts'

/** What every part of this provider is made of. */
export interface ProviderContext {
  readonly host: Host
  readonly layout: Layout
  readonly registry: MachineRegistry
  readonly purges: Purges
  readonly spareThread: SpareThread
}
