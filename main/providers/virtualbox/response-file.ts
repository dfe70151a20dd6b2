import { randomBytes } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { quoteLine } from '../../exec/quote.ts'

/** Runs `start` with the one argument that has VBoxManage read the others from a file, which is gone afterwards. */
export async function withResponseFile<T>(
  folder: string,
  args: readonly string[],
  start: (args: readonly string[]) => Promise<T>,
): Promise<T> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, `vboxmanage-${randomBytes(6).toString('hex')}`)
  try {
    // VBoxManage reads it by the rules of a Bourne shell.
    await writeFile(path, `${quoteLine(args)}\n`, { mode: 0o600, flag: 'wx' })
    return await start([`@${path}`])
  } finally {
    await rm(path, { force: true })
  }
}
