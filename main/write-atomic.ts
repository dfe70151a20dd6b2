import { dirname } from 'node:path'
import { makeFolder, writeDurably } from './state/durable.ts'

/** Writes a file whole or not at all, for this person alone; makes its folder when it is not there. */
export async function writeAtomic(path: string, content: string): Promise<void> {
  await makeFolder(dirname(path))
  await writeDurably(path, content)
}
