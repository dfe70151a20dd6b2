import { stat } from 'node:fs/promises'
import type { QemuImg } from '../common/images/qemu-img.ts'
import type { Op } from '../provider.ts'
import { type Bundle, imagePath, isApple, memoryPath, ownImage, writableDisks } from './bundle.ts'

/** The tag under which UTM keeps a suspended machine's memory in its images. */
export const suspendTag = 'suspend'
/** How long what Berth did itself counts more than a registry that UTM writes late. */
const believedMs = 30_000

/** What is known of memories kept on the disk. */
export interface Memory {
  /** Whether a bundle holds one; null when that cannot be told, for want of `qemu-img`. */
  isKept(bundle: Bundle, op: Op): Promise<boolean | null>
  /**
   * Whether a stopped machine wakes where it was: UTM's registry says what the next start does, the bundle whether there is
   * anything to wake to.
   */
  isSuspended(bundle: Bundle, registered: boolean, op: Op): Promise<boolean>
  /** Berth has just suspended it itself: UTM's registry will say so in a while. */
  believe(uuid: string): void
}

export function createMemory(images: QemuImg, hasImages: () => Promise<boolean>, now: () => Date): Memory {
  /** Of images that have not changed since: a suspended machine's is looked into once. */
  const looked = new Map<string, { readonly stamp: string; readonly isKept: boolean }>()
  const believed = new Map<string, number>()

  const isKept = async (bundle: Bundle, op: Op): Promise<boolean | null> => {
    if (isApple(bundle)) return exists(memoryPath(bundle))
    const paths = writableDisks(bundle).flatMap((disk) => imagePath(bundle, disk) ?? [])
    for (const path of paths.filter((one) => /\.qcow2$/i.test(one))) {
      const about = await stat(path).catch(() => null)
      if (about === null) continue
      const stamp = `${about.mtimeMs}:${about.size}:${about.ino}`
      const last = looked.get(path)
      if (last?.stamp !== stamp) {
        if (!(await hasImages())) return null
        const { snapshots } = await images.info(ownImage(path), true, op)
        looked.set(path, { stamp, isKept: snapshots.some(({ tag }) => tag === suspendTag) })
      }
      if (looked.get(path)?.isKept === true) return true
    }
    return false
  }

  return {
    isKept,
    async isSuspended(bundle, registered, op) {
      const since = believed.get(bundle.config.Information.UUID) ?? 0
      if (!registered && Math.abs(now().getTime() - since) > believedMs) return false
      // What cannot be looked into is what the registry says of it; a look that fails must not hide the machine.
      return (await isKept(bundle, op).catch(() => null)) ?? registered
    },
    believe: (uuid) => void believed.set(uuid, now().getTime()),
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
