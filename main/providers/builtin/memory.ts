import { createReadStream } from 'node:fs'
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { type Failure, failure } from '../../../app/domain/errors.ts'
import type { RestoreRoom } from '../../../app/domain/snapshot.ts'
import { formatMemory } from '../../../app/domain/units.ts'
import { isSame } from '../../../app/util/same.ts'
import { look } from '../common/files.ts'
import { requireRoom, roomAt } from '../common/space.ts'
import { type Definition, makeOf, makeSchema } from './definitions.ts'
import type { Memory } from './emulator/messages.ts'
import { spareBytes } from './emulator/room.ts'
import { emulator } from './program.ts'

const severedSchema = z.object({
  guestAddress: z.number(),
  guestPort: z.number(),
  peerAddress: z.number(),
  peerPort: z.number(),
  sequence: z.number(),
})

/** A kept memory: what it fits, and how it is known to be whole. */
export const keptMemorySchema = z.object({
  make: makeSchema,
  sizeBytes: z.number().int().nonnegative(),
  checksum: z.number().int().nonnegative(),
  network: z.object({ connections: z.array(severedSchema).readonly() }).optional(),
})
export type KeptMemory = z.infer<typeof keptMemorySchema>

/** The size and sum of a memory's file: taken for what was written, where that is not written down any more. */
export async function measureMemory(path: string): Promise<Pick<KeptMemory, 'sizeBytes' | 'checksum'> | null> {
  const about = await look(path)
  if (about === null) return null
  let checksum = 0
  for await (const bytes of createReadStream(path)) checksum = crc32(bytes as Buffer, checksum)
  return { sizeBytes: about.size, checksum }
}

/** What is written down of a memory that was just kept. */
export function keptMemory(definition: Definition, { sizeBytes, checksum, network }: Memory): KeptMemory {
  return { make: makeOf(definition, emulator), sizeBytes, checksum, ...(network === undefined ? {} : { network }) }
}

/** Why a memory cannot be gone on from by this machine and this Berth; null when it can. */
export function unfit({ make }: Pick<KeptMemory, 'make'>, definition: Definition): Failure | null {
  const now = makeOf(definition, emulator)
  if (make.emulator !== now.emulator) {
    return failure(
      'wrong-state',
      { key: 'builtin.error.otherVersion', params: { theirs: make.emulator, ours: now.emulator } },
      { hint: { key: 'builtin.error.otherVersion.hint' } },
    )
  }
  if (isSame(make, now)) return null
  const params = { theirs: formatMemory(make.memoryBytes, 'en'), ours: formatMemory(now.memoryBytes, 'en') }
  return failure(
    'wrong-state',
    { key: 'builtin.error.otherHardware', params },
    { hint: { key: 'builtin.error.otherHardware.hint' } },
  )
}

/** Fails with `no-space` when the folder's disk has not that many bytes left. */
export async function checkSpace(folder: string, bytes: number | Promise<number>): Promise<void> {
  requireRoom(await roomLeaving(folder, bytes))
}

/** The figures `checkSpace` goes by; null when it is not known what is free. */
export function roomLeaving(folder: string, bytes: number | Promise<number>): Promise<RestoreRoom | null> {
  return roomAt(folder, bytes, spareBytes)
}
