import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeJson } from '../common/files.ts'

/** Writes a record of ours, whole or not at all. Its folder is made with the first: this provider has none until it must remember. */
export async function writeRecord(path: string, record: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeJson(path, record)
}
