import { z } from 'zod'
import { keptSnapshotShape } from '../common/snapshot-tree.ts'
import { createTreeStore } from '../common/tree-store.ts'
import { acceleratorSchema } from './accelerator.ts'
import { hardwareSchema } from './hardware.ts'

/** A snapshot whose id is its tag in every image. */
const keptSnapshotSchema = z.object({
  ...keptSnapshotShape,
  /** With a memory: what it was written by. */
  hardware: hardwareSchema.nullable(),
  accelerator: acceleratorSchema.nullable(),
})
export type KeptSnapshot = z.infer<typeof keptSnapshotSchema>

export const trees = createTreeStore(keptSnapshotSchema)
