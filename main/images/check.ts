import { realpath } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Failure, failure } from '../../app/domain/errors.ts'
import { type DiskFormat, diskFormats } from '../../app/domain/spec.ts'
import type { Text } from '../../app/messages/text.ts'
import { type ImageChain, isIso, type NamedFile, readChain } from './chain.ts'
import { readContained } from './contained-image.ts'
import type { ImageFormat } from './first-bytes.ts'
import type { ReadAt } from './image-header.ts'

/** Of a name that may be as long as its author likes. */
const maxShown = 300

/** How an image is going to be used. */
export interface ImageWish {
  readonly path: string
  readonly format: DiskFormat
  readonly use: 'copy' | 'in-place'
  /** Files elsewhere that a person said yes to, one by one; with links resolved. */
  readonly allowed: readonly string[]
}

/**
 * An image that a person chose, before any tool opens it. Throws what speaks against it; `field` is what it was chosen in.
 */
export async function checkImage(wish: ImageWish, field: string): Promise<ImageChain> {
  const chain = await readChain(wish.path, null)
  const problem = problemWith(chain, wish, field) ?? namedProblems(chain, wish, field)[0]
  if (problem !== undefined) throw problem
  return chain
}

/**
 * An image beside a description that somebody else wrote, before a tool imports it. Nobody is asked about its files one by one: it may
 * stand on disks in its folder and on nothing else.
 */
export async function checkImported(path: string, field: string): Promise<void> {
  const chain = await readChain(path, null)
  const problem = unusable(chain, path, field)
  if (problem !== null) throw problem
  const stranger = chain.named.find((one) => isElsewhere(one, []))
  if (stranger !== undefined) throw notAlone(path, stranger.path, field)
  const [other] = namedProblems(chain, { path, use: 'copy', allowed: [] }, field)
  if (other !== undefined) throw other
}

/** An image inside an archive or a compressed file, which has no folder: it may name nothing. */
export async function checkContained(name: string, readAt: ReadAt, field: string): Promise<void> {
  const { names, damage, ...image } = await readContained(readAt)
  const problem = unusable({ ...image, damage: damage === null ? null : { path: name, why: damage } }, name, field)
  if (problem !== null) throw problem
  const [stranger] = names
  if (stranger !== undefined) throw notAlone(name, stranger.slice(0, maxShown), field)
}

/**
 * A CD/DVD or floppy image is read as it is. A compressed one is none, nor is a disk image with a format of its own: a drive would
 * show its guest the header.
 */
export async function checkDisc(path: string, field: string): Promise<void> {
  const { packing, layers } = await readChain(path, null)
  if (packing !== null) throw packedFailure(path, packing, field)
  const found = layers[0]?.format ?? 'raw'
  if (found === 'raw' || (await isIso(path))) return
  throw failure(
    'invalid-input',
    { key: 'image.error.notDisc', params: { file: basename(path), found } },
    { hint: { key: 'image.error.notDisc.hint' }, field },
  )
}

/**
 * A disk of a machine, before a tool opens it: it may name what it was allowed to when it became the machine's, and nothing else.
 * A guest cannot write a header into a disk that has a format, but others can.
 */
export async function checkOwnImage(
  path: string,
  format: DiskFormat,
  allowed: readonly string[] | null,
): Promise<ImageChain> {
  const chain = await readChain(path, format).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? missingFailure(path) : error
  })
  // Raw: nothing in it means anything.
  if (chain.named.length === 0 && chain.damage === null) return chain
  const known = allowed === null ? allFiles(chain) : await Promise.all(allowed.map(real))
  const wish: ImageWish = { path, format, use: 'copy', allowed: known }
  // It holds a person's work: nothing to download again.
  if (chain.damage !== null) throw damagedFailure(chain.damage, null, 'image.error.damagedOwn.hint')
  const [problem] = namedProblems(chain, wish, null)
  if (problem === undefined) return chain
  const stranger = chain.named.find((named) => isElsewhere(named, known))
  if (stranger === undefined) throw problem
  throw failure(
    'invalid-input',
    { key: 'image.error.changed', params: { file: basename(path), path: stranger.path } },
    { hint: { key: 'image.error.changed.hint' } },
  )
}

/** Of a disk that was taken in before its files were written down: whatever is only read. */
function allFiles({ named }: ImageChain): readonly string[] {
  return named.filter(({ role }) => role === 'backing').map(({ path }) => path)
}

function real(path: string): Promise<string> {
  return realpath(path).catch(() => path)
}

/** Why an image cannot be used at all; null when it can, as far as it is about the image itself. */
export function problemWith(
  chain: ImageChain,
  { path, format }: Pick<ImageWish, 'path' | 'format'>,
  field: string,
): Failure | null {
  const found = chain.layers[0]?.format ?? 'raw'
  const isOther = chain.packing === null && !chain.isEncrypted && found !== format
  return isOther ? formatFailure(path, format, found, field) : unusable(chain, path, field)
}

/** Why an image is of no use to any machine, whatever its format. */
export function unusable(
  { packing, isEncrypted, damage }: Pick<ImageChain, 'packing' | 'isEncrypted' | 'damage'>,
  path: string,
  field: string,
  damageHint: Text['key'] = 'image.error.damaged.hint',
): Failure | null {
  if (packing !== null) return packedFailure(path, packing, field)
  if (isEncrypted) {
    return failure(
      'unsupported',
      { key: 'image.error.encrypted', params: { file: basename(path) } },
      { hint: { key: 'image.error.encrypted.hint' }, field },
    )
  }
  return damage === null ? null : damagedFailure(damage, field, damageHint)
}

export function notAlone(path: string, name: string, field: string): Failure {
  return failure(
    'unsupported',
    { key: 'image.error.notAlone', params: { file: basename(path), name } },
    { hint: { key: 'image.error.refused.hint' }, field },
  )
}

/** What an image names that it may not, or not yet: each a failure that names the file. */
export function namedProblems(
  { named }: ImageChain,
  wish: Pick<ImageWish, 'path' | 'use' | 'allowed'>,
  field: string | null,
): readonly Failure[] {
  return named.map((one) => namedProblem(one, wish, field)).filter((problem) => problem !== null)
}

function namedProblem(
  one: NamedFile,
  { path, use, allowed }: Pick<ImageWish, 'path' | 'use' | 'allowed'>,
  field: string | null,
): Failure | null {
  const params = { file: basename(one.namedBy), path: one.path }
  const refused = { hint: { key: 'image.error.refused.hint' }, field } as const
  switch (one.place) {
    case 'protocol': {
      const about = { file: params.file, name: one.path.slice(0, maxShown) }
      return failure('unsupported', { key: 'image.error.protocol', params: about }, refused)
    }
    case 'device':
      return failure('unsupported', { key: 'image.error.device', params }, refused)
    case 'folder':
      return failure('unsupported', { key: 'image.error.folder', params }, refused)
    case 'missing': {
      const hint = { key: 'kept.error.file.hint' } as const
      return failure('not-found', { key: 'image.error.missing', params }, { hint, field })
    }
    case 'file': {
      if (one.role === 'extent' && use === 'in-place') {
        const hint = { key: 'image.error.writesElsewhere.hint' } as const
        const about = { file: basename(path), path: one.path }
        return failure('unsupported', { key: 'image.error.writesElsewhere', params: about }, { hint, field })
      }
      if (!isElsewhere(one, allowed)) return null
      const hint = { key: 'image.error.elsewhere.hint' } as const
      return failure('invalid-input', { key: 'image.error.elsewhere', params }, { hint, field })
    }
    case 'disk':
      return null
  }
}

/** Whether using it needs a yes that was not given. */
export function isElsewhere({ path, place }: NamedFile, allowed: readonly string[]): boolean {
  return place === 'file' && !allowed.includes(path)
}

function packedFailure(path: string, packing: string, field: string): Failure {
  const file = basename(path)
  return failure(
    'invalid-input',
    { key: 'image.error.packed', params: { file, packing } },
    { hint: { key: 'image.error.packed.hint', params: { file } }, field },
  )
}

function formatFailure(path: string, given: string, found: ImageFormat, field: string): Failure {
  const file = basename(path)
  const isKnown = (diskFormats as readonly string[]).includes(found)
  return failure(
    'invalid-input',
    { key: 'image.error.format', params: { file, given, found } },
    {
      hint: isKnown
        ? { key: 'image.error.format.hint', params: { found } }
        : { key: 'image.error.format.convert', params: { file } },
      field: isKnown ? field.replace(/path$/, 'format') : field,
    },
  )
}

function missingFailure(path: string): Failure {
  return failure('not-found', { key: 'kept.error.file', params: { path } }, { hint: { key: 'kept.error.file.hint' } })
}

function damagedFailure(
  { path, why }: NonNullable<ImageChain['damage']>,
  field: string | null,
  hint: Text['key'],
): Failure {
  return failure(
    'invalid-input',
    { key: 'image.error.damaged', params: { path } },
    { hint: { key: hint }, detail: why, field },
  )
}
