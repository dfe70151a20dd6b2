import type { Purges } from '../common/purges.ts'
import type { Host } from '../provider.ts'
import type { Fleet } from './fleet.ts'
import type { Layout } from './layout.ts'
import type { SpareThread } from './spare-thread.ts'

/** What every part of this provider is made of. */
export interface World {
  readonly host: Host
  readonly layout: Layout
  readonly fleet: Fleet
  readonly purges: Purges
  readonly spareThread: SpareThread
}
