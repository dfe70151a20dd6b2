import type { RestoreRoom } from '../../../app/domain/snapshot.ts'
import { memoryInUse } from '../common/memory.ts'
import { requireRoom, roomAt } from '../common/space.ts'
import type { Known } from './entry.ts'
import type { ProviderContext } from './provider-context.ts'

/** What keeping a machine's memory would take, and what is free for it; null for one that is off, of which next to nothing is written. */
export async function memoryRoom(
  { host, inventory }: ProviderContext,
  { entry, settings }: Known,
): Promise<RestoreRoom | null> {
  const { pid } = inventory.observedState(entry)
  const { memoryBytes } = settings.hardware
  if (pid === null || memoryBytes === null) return null
  return roomAt(settings.snapshotFolder, memoryInUse(host, pid, memoryBytes))
}

/**
 * Fails with `no-space` before VirtualBox begins to write a machine's memory: it would fill the disk, on which every running machine
 * is paused, and of a suspend it would not say why.
 */
export async function requireMemoryRoom(context: ProviderContext, known: Known): Promise<void> {
  requireRoom(await memoryRoom(context, known))
}
