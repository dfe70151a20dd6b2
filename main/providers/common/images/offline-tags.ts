import type { Op } from '../../provider.ts'
import { quietOp, unstoppable } from '../op.ts'
import type { Image, QemuImg } from './qemu-img.ts'

/** In all images or in none. */
export async function saveOffline(
  { images: tool }: { readonly images: QemuImg },
  images: readonly Image[],
  tag: string,
  op: Op,
): Promise<void> {
  const done: Image[] = []
  try {
    for (const image of images) {
      await tool.snapshot('create', tag, image, unstoppable(op))
      done.push(image)
    }
  } catch (error) {
    for (const image of done) await tool.snapshot('delete', tag, image, quietOp).catch(() => {})
    throw error
  }
}

/** May be done again after it was broken off: every image then holds the same moment. */
export async function applyOffline(
  { images: tool }: { readonly images: QemuImg },
  images: readonly Image[],
  tag: string,
  op: Op,
): Promise<void> {
  for (const image of images) await tool.snapshot('apply', tag, image, unstoppable(op))
}
