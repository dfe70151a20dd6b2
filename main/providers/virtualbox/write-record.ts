import { dirname } from 'node:path'
import { makeFolder } from '../../state/durable.ts'
import { writeJson } from '../common/files.ts'

/** Writes a record of ours, whole or not at all. Its folder is made with the first: this provider has none until it must remember. */
export async function writeRecord(path: string, record: unknown): Promise<void> {
  await makeFolder(dirname(path))
  await writeJson(path, record)
}
