import { readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const sector = fileURLToPath(new URL('./guest/disk-guest.bin', import.meta.url))

/** A raw disk that boots tests/support/guest/disk-guest.asm. Sparse. */
export async function writeGuestDisk(folder: string, name = 'guest.img', sizeBytes = 8 * 1024 * 1024): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, await readFile(sector))
  await truncate(path, sizeBytes)
  return path
}
