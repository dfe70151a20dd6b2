import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { failure } from '../../../app/domain/errors.ts'
import { checkContained, checkImported } from '../../images/check.ts'
import { unpackedStart } from '../../images/contained-image.ts'
import type { ReadAt } from '../../images/image-header.ts'
import { fileInside, linkInside, outside, staysInside } from '../../images/named-inside.ts'
import { type Member, membersOf } from './ova-members.ts'
import { isArchive, maxDescriptionBytes, type Reference, readDescription, readReferences } from './ovf.ts'

const field = 'path'

/**
 * Everything that an OVF or OVA names, before VBoxManage reads it. VirtualBox follows `..` and links in a name, and names the disk it
 * makes after it: so one reaches out of the folder that it reads, and out of the one that it writes. Throws what speaks against it.
 */
export async function checkAppliance(path: string): Promise<void> {
  if (!isArchive(path)) {
    await checkFolder(path, await understood(async () => readReferences(await readDescription(path))))
    return
  }
  const file = await understood(() => open(path, 'r'))
  try {
    const members = await understood(() => membersOf(file))
    checkMembers(path, members)
    await checkArchive(path, file, members)
  } finally {
    await file.close()
  }
}

async function checkFolder(path: string, references: readonly Reference[]): Promise<void> {
  for (const { href, isCompressed } of references) {
    const file = await fileInside(dirname(path), href, path, field)
    // VBoxManage says better than Berth which file it misses.
    if (file === null) continue
    if (isCompressed) await checkContained(basename(href), await unpackedStart(createReadStream(file)), field)
    else await checkImported(file, field)
  }
}

function checkMembers(path: string, members: readonly Member[]): void {
  for (const { name, kind } of members) {
    if (!staysInside(name)) throw outside(path, name, field)
    if (kind === 'link' || kind === 'other') throw linkInside(path, name, field)
  }
}

/** Two members of one name, and two descriptions, all count: which is meant depends on who reads. */
async function checkArchive(path: string, file: FileHandle, members: readonly Member[]): Promise<void> {
  const descriptions = members.filter(({ name, kind }) => kind === 'file' && /\.ovf$/i.test(name))
  const references = await understood(async () => {
    if (descriptions.length === 0) throw new Error('no description')
    const texts = await Promise.all(descriptions.map((member) => textOf(file, member)))
    return (await Promise.all(texts.map(readReferences))).flat()
  })
  for (const { href, isCompressed } of references) {
    if (!staysInside(href)) throw outside(path, href, field)
    for (const member of members.filter(({ name }) => plain(name) === plain(href))) {
      await checkContained(basename(href), await startOf(path, file, member, isCompressed), field)
    }
  }
}

/** What a description that cannot be read names is unknown, so VirtualBox does not get it either. */
async function understood<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    throw failure('invalid-input', { key: 'virtualbox.error.notOva' }, { field, detail: String(error), cause: error })
  }
}

async function textOf(file: FileHandle, { offset, sizeBytes }: Member): Promise<string> {
  if (sizeBytes > maxDescriptionBytes) throw new Error(`${sizeBytes} bytes are no description`)
  const { bytesRead, buffer } = await file.read(Buffer.alloc(sizeBytes), 0, sizeBytes, offset)
  return buffer.toString('utf8', 0, bytesRead)
}

function plain(name: string): string {
  return name.replace(/^(?:\.\/)+/, '')
}

async function startOf(path: string, file: FileHandle, member: Member, isCompressed: boolean): Promise<ReadAt> {
  const { offset: start, sizeBytes } = member
  if (isCompressed && sizeBytes > 0) {
    return unpackedStart(createReadStream(path, { start, end: start + sizeBytes - 1 }))
  }
  return async (offset, count) => {
    const length = Math.max(0, Math.min(count, sizeBytes - offset))
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, start + offset)
    return buffer.subarray(0, bytesRead)
  }
}
