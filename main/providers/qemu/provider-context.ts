import type { QemuImg } from '../common/images/qemu-img.ts'
import type { Purges } from '../common/purges.ts'
import type { Host } from '../provider.ts'
import type { Accelerators } from './accelerator.ts'
import type { Layout } from './layout.ts'
import type { MachineRegistry } from './machine-registry.ts'
import type { Processes } from './process.ts'
import type { Tools } from './tools.ts'

/** What every part of this provider is made of. */
export interface ProviderContext {
  readonly host: Host
  readonly layout: Layout
  readonly tools: Tools
  readonly images: QemuImg
  readonly processes: Processes
  readonly accelerators: Accelerators
  readonly registry: MachineRegistry
  readonly purges: Purges
  /** Bases of clones being made: no machine names them yet. */
  readonly pinnedBases: Set<string>
}
