import type { Op } from '../../provider.ts'
import { quietOp, unstoppable } from '../op.ts'
import { cutShort } from './errors.ts'
import { isCutShort } from './qcow2.ts'
import type { Image, QemuImg } from './qemu-img.ts'

/** In all images or in none. */
export async function saveOffline(
  { images: tool }: { readonly images: QemuImg },
  images: readonly Image[],
  tag: string,
  op: Op,
): Promise<void> {
  const begun: Image[] = []
  try {
    for (const image of images) {
      begun.push(image)
      await tool.snapshot('create', tag, image, unstoppable(op))
    }
  } catch (error) {
    // A tool that was killed may have written the tag all the same.
    for (const image of begun) await deleteTagIfThere(tool, image, tag).catch(() => {})
    throw error
  }
}

async function deleteTagIfThere(tool: QemuImg, image: Image, tag: string): Promise<void> {
  const { snapshots } = await tool.info(image, false, quietOp)
  if (snapshots.some((snapshot) => snapshot.tag === tag)) await tool.snapshot('delete', tag, image, quietOp)
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

/** Fails with the file's path when an image is shorter than what a tag has in it: qemu-img would go back to it without a word. */
export async function requireWhole(images: readonly Image[], tag: string): Promise<void> {
  for (const { path, format } of images) {
    if (format === 'qcow2' && (await isCutShort(path, tag))) throw cutShort(path)
  }
}
