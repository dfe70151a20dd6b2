import { createCheckedTree } from '../../main/providers/builtin/shared-folder/checked-tree.ts'
import { createDescriptorTree } from '../../main/providers/builtin/shared-folder/descriptor-tree.ts'

/** The ways to a shared folder's files that this system has. */
export const sharedTrees =
  process.platform === 'linux' ? [createDescriptorTree, createCheckedTree] : [createCheckedTree]
