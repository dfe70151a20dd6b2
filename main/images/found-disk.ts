import { basename } from 'node:path'
import { type Failure, failure } from '../../app/domain/errors.ts'
import { formatBytes } from '../../app/domain/units.ts'
import { type ImageChain, readChain } from './chain.ts'
import { isElsewhere, namedProblems, notAlone, unusable } from './check.ts'
import type { ImageFormat } from './first-bytes.ts'

/** A disk that a machine misses. */
export interface LostDisk {
  /** Formats that it may have: a tool may call several by one name. */
  readonly formats: readonly ImageFormat[]
  /** Sizes that it may have, as the guest sees it: a restore may have changed the one that is written down. */
  readonly sizes: readonly number[]
  /** Files elsewhere that it was allowed to name. */
  readonly allowed: readonly string[]
}

/**
 * A file that a person says is a machine's missing disk, before a tool opens it. Like an image that is imported it may name disks
 * beside it, and otherwise only what the missing disk was allowed to: nobody is asked about its files again.
 */
export async function checkFoundDisk(
  path: string,
  { formats, sizes, allowed }: LostDisk,
  field: string,
): Promise<ImageChain> {
  const [format = 'raw'] = formats
  if (format === 'raw') return checkFoundRaw(path, sizes, field)
  const chain = await readChain(path, null)
  const found = chain.layers[0]?.format ?? 'raw'
  if (chain.packing === null && !formats.includes(found)) throw otherFormat(path, format, field)
  const problem = unusable(chain, path, field, 'image.error.damagedOwn.hint')
  if (problem !== null) throw problem
  const stranger = chain.named.find((one) => isElsewhere(one, allowed))
  if (stranger !== undefined) throw notAlone(path, stranger.path, field)
  const [other] = namedProblems(chain, { path, use: 'in-place', allowed }, field)
  if (other !== undefined) throw other
  return chain
}

/** Throws when it has another size than the missing disk. */
export function checkFoundSize(
  path: string,
  { virtualBytes }: ImageChain,
  sizes: readonly number[],
  field: string,
): void {
  if (virtualBytes === null || sizes.includes(virtualBytes)) return
  const wanted = sizes.map((size) => formatBytes(size, 'en')).join(' / ')
  throw otherDisk('locate.error.size', path, field, { size: formatBytes(virtualBytes, 'en'), wanted })
}

/** A raw disk of the right size may hold whatever its guest wrote; of another size, what it begins with says what it is. */
async function checkFoundRaw(path: string, sizes: readonly number[], field: string): Promise<ImageChain> {
  const chain = await readChain(path, 'raw')
  if (chain.virtualBytes !== null && sizes.includes(chain.virtualBytes)) return chain
  const seen = await readChain(path, null)
  const problem = unusable({ ...seen, damage: null }, path, field)
  if (problem !== null) throw problem
  if (seen.layers[0]?.format !== 'raw') throw otherFormat(path, 'raw', field)
  checkFoundSize(path, chain, sizes, field)
  return chain
}

function otherFormat(path: string, format: ImageFormat, field: string): Failure {
  return otherDisk('locate.error.format', path, field, { format })
}

export function otherDisk(
  key:
    | 'locate.error.format'
    | 'locate.error.size'
    | 'locate.error.snapshots'
    | 'locate.error.known'
    | 'locate.error.untold'
    | 'locate.error.uuid',
  path: string,
  field: string,
  params: Readonly<Record<string, string>> = {},
): Failure {
  return failure(
    'invalid-input',
    { key, params: { file: basename(path), ...params } },
    { hint: { key: 'locate.error.hint' }, field },
  )
}
