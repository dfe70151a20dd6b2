import { z } from 'zod'
import { type Failure, failure } from '../../../app/domain/errors.ts'
import { formatMemory } from '../../../app/domain/units.ts'
import type { Text } from '../../../app/messages/text.ts'
import type { Definition } from './definitions.ts'

/** What a machine's memory was written by, and can only be read back by. */
export const hardwareSchema = z.object({
  arch: z.string(),
  machine: z.string().nullable(),
  cpus: z.number(),
  memoryBytes: z.number(),
  diskCount: z.number(),
  network: z.enum(['none', 'user']),
  firmware: z.enum(['bios', 'uefi']),
  graphics: z.enum(['none', 'vga', 'virtio']).default('none'),
})
export type Hardware = z.infer<typeof hardwareSchema>

export function hardwareOf(definition: Definition): Hardware {
  return {
    arch: definition.arch,
    machine: definition.machine,
    cpus: definition.cpus,
    memoryBytes: definition.memoryBytes,
    diskCount: definition.disks.length,
    network: definition.network.mode,
    firmware: definition.firmware.kind,
    graphics: definition.graphics,
  }
}

/** The failure of a memory that no longer fits its machine, said before anything is touched; null when it fits. */
export function hardwareFailure(kept: Hardware, now: Hardware): Failure | null {
  const difference = differenceOf(kept, now)
  return difference === null ? null : failure('wrong-state', difference, { hint: { key: 'qemu.error.hardware.hint' } })
}

function differenceOf(kept: Hardware, now: Hardware): Text | null {
  if (kept.memoryBytes !== now.memoryBytes) {
    const params = { kept: formatMemory(kept.memoryBytes, 'en'), now: formatMemory(now.memoryBytes, 'en') }
    return { key: 'qemu.error.changed.memory', params }
  }
  if (kept.cpus !== now.cpus) return { key: 'qemu.error.changed.cpus', params: { kept: kept.cpus, now: now.cpus } }
  if (kept.network !== now.network) return { key: 'qemu.error.changed.network' }
  if (kept.graphics !== now.graphics) {
    return { key: 'qemu.error.changed.graphics', params: { kept: kept.graphics, now: now.graphics } }
  }
  const isSame =
    kept.arch === now.arch &&
    kept.machine === now.machine &&
    kept.diskCount === now.diskCount &&
    kept.firmware === now.firmware
  return isSame ? null : { key: 'qemu.error.hardware' }
}
