import { failure } from '../../../app/domain/errors.ts'
import type { Serial } from '../../../app/util/serial.ts'
import type { QemuImg } from '../common/images/qemu-img.ts'
import type { Purges } from '../common/purges.ts'
import type { Host, Op } from '../provider.ts'
import type { Addresses } from './addresses.ts'
import type { Layout } from './layout.ts'
import type { MachineRegistry } from './machine-registry.ts'
import type { Memory } from './memory.ts'
import type { Tool } from './tool.ts'

/** What every part of this provider is made of. */
export interface ProviderContext {
  readonly host: Host
  readonly layout: Layout
  readonly tool: Tool
  readonly images: QemuImg
  readonly memory: Memory
  readonly addresses: Addresses
  readonly machineRegistry: MachineRegistry
  readonly purges: Purges
  /**
   * What makes new machines, one after the other: UTM does not say which machine a clone became, so it is found by
   * comparing lists.
   */
  readonly making: Serial
}

/** Waits, or throws `cancelled` at once when it is called off. */
export function pauseFor(ms: number, op: Pick<Op, 'signal'>): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = (): void => {
      clearTimeout(timer)
      reject(failure('cancelled', { key: 'error.cancelled' }))
    }
    const timer = setTimeout(() => {
      op.signal.removeEventListener('abort', cancel)
      resolve()
    }, ms)
    if (op.signal.aborted) cancel()
    else op.signal.addEventListener('abort', cancel, { once: true })
  })
}
