import { constants } from 'node:fs'
import { access, lstat, readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path'
import type { Calls } from '../../app/contract/contract.ts'
import type { InputOf } from '../../app/contract/kinds.ts'
import type { BrowseResult } from '../../app/contract/views.ts'
import { type Failure, failure } from '../../app/domain/errors.ts'

export type Purpose = InputOf<Calls['files.browse']>['purpose']

/** Nobody finds a file among more. */
const maxEntries = 5_000

/** Names a file has when it may be what is looked for; null where the name says nothing. */
export const suffixesOf: Readonly<Record<Purpose, readonly string[] | null>> = {
  'disk-image': ['.qcow2', '.raw', '.img', '.vmdk', '.vdi', '.vhdx', '.vhd', '.qcow'],
  iso: ['.iso', '.img'],
  'machine-file': ['.ova', '.ovf', '.utm'],
  'settings-file': ['.vbox'],
  bios: ['.bin', '.rom'],
  folder: [],
  any: null,
  tool: null,
}

const bundles: readonly string[] = ['.utm']

type Entry = BrowseResult['entries'][number]

/** One folder's subfolders, and of its files those that the purpose may need; folders first, hidden ones left out. */
export async function browse(path: string | null, purpose: Purpose): Promise<BrowseResult> {
  const folder = resolve(path ?? homedir())
  if (path !== null && !isAbsolute(path)) throw failure('invalid-input', { key: 'files.notFound' }, { field: 'path' })
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw readFailure(error)
  })
  const found = await Promise.all(
    names
      .filter((name) => !name.startsWith('.'))
      .slice(0, maxEntries)
      .map((name) => entryOf(folder, name, purpose)),
  )
  const parent = dirname(folder)
  return {
    path: folder,
    parent: parent === folder ? null : parent,
    entries: found.filter((entry) => entry !== null).sort(foldersFirst),
  }
}

/** The path, when it is one and something is there; throws otherwise. */
export async function existing(path: string): Promise<string> {
  if (!isAbsolute(path)) throw failure('invalid-input', { key: 'files.notFound' }, { field: 'path' })
  await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw readFailure(error)
  })
  return resolve(path)
}

/** As `existing`, and throws as well when it may not be read. */
export async function readable(path: string): Promise<string> {
  const there = await existing(path)
  await access(there, constants.R_OK).catch((error: Error) => {
    throw failure('permission', { key: 'files.unreadable' }, { detail: error.message, field: 'path' })
  })
  return there
}

/** Throws unless a file can be made there: in a folder that is there, under a name that nothing has. */
export async function checkNewFile(path: string): Promise<void> {
  if (!isAbsolute(path)) throw failure('invalid-input', { key: 'files.notFound' }, { field: 'path' })
  const folder = await stat(dirname(path)).catch((error: NodeJS.ErrnoException) => {
    throw readFailure(error)
  })
  if (!folder.isDirectory()) throw failure('invalid-input', { key: 'files.notFolder' }, { field: 'path' })
  await access(dirname(path), constants.W_OK).catch((error: Error) => {
    throw failure('permission', { key: 'files.unwritable' }, { detail: error.message, field: 'path' })
  })
  // A link to nowhere is something, too.
  const there = await lstat(path).catch(() => null)
  if (there !== null) {
    const name = basename(path)
    throw failure('already-exists', { key: 'files.taken', params: { name } }, { field: 'path' })
  }
}

async function entryOf(folder: string, name: string, purpose: Purpose): Promise<Entry | null> {
  const path = join(folder, name)
  try {
    const found = await stat(path)
    // A bundle is a folder that people know as a file.
    const isBundle = purpose === 'machine-file' && bundles.includes(extname(name).toLowerCase())
    if (found.isDirectory() && isBundle) return { name, path, kind: 'file', sizeBytes: null }
    if (found.isDirectory()) return { name, path, kind: 'folder', sizeBytes: null }
    // Disks may be devices; sockets and pipes never are.
    if (!found.isFile() && !(purpose === 'disk-image' && found.isBlockDevice())) return null
    const suffixes = suffixesOf[purpose]
    if (purpose === 'tool') await access(path, constants.X_OK)
    else if (suffixes !== null && !suffixes.includes(extname(name).toLowerCase())) return null
    return { name, path, kind: 'file', sizeBytes: found.size }
  } catch {
    return null // A link to nowhere, or not ours to see.
  }
}

function foldersFirst(one: Entry, other: Entry): number {
  if (one.kind !== other.kind) return one.kind === 'folder' ? -1 : 1
  return one.name.localeCompare(other.name, undefined, { numeric: true })
}

function readFailure(error: NodeJS.ErrnoException): Failure {
  const detail = String(error.message)
  switch (error.code) {
    case 'ENOENT':
      return failure('not-found', { key: 'files.notFound' }, { detail, field: 'path' })
    case 'ENOTDIR':
      return failure('invalid-input', { key: 'files.notFolder' }, { detail, field: 'path' })
    case 'EACCES':
    case 'EPERM':
      return failure('permission', { key: 'files.denied' }, { detail, field: 'path' })
    default:
      return failure('tool-failed', { key: 'files.notFound' }, { detail, field: 'path' })
  }
}
