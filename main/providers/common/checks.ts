import { realpath } from 'node:fs/promises'
import { isIPv4 } from 'node:net'
import { isAbsolute } from 'node:path'
import { failure } from '../../../app/domain/errors.ts'
import type { VmSpec } from '../../../app/domain/spec.ts'
import { checkDisc } from '../../images/check.ts'
import { isFile } from './files.ts'

/** The real path of a file that must be there. */
export async function checkPath(path: string, field: string): Promise<string> {
  if (isAbsolute(path) && (await isFile(path))) return realpath(path)
  throw failure(
    'not-found',
    { key: 'kept.error.file', params: { path } },
    { hint: { key: 'kept.error.file.hint' }, field },
  )
}

/** A disc is a file that must be there; null is an empty drive. */
export async function checkIso(isoPath: string | null): Promise<void> {
  if (isoPath !== null) await checkDisc(await checkPath(isoPath, 'isoPath'), 'isoPath')
}

/** Tools take an address as it is, in the middle of an option: only what is one goes there. */
export function checkForwards(network: VmSpec['network']): void {
  if (network.mode === 'none') return
  const seen = new Set<string>()
  for (const [index, { protocol, hostAddress, hostPort }] of network.forwards.entries()) {
    if (hostAddress !== '' && !isIPv4(hostAddress)) {
      const field = `network.forwards.${index}.hostAddress`
      throw failure('invalid-input', { key: 'kept.error.address', params: { address: hostAddress } }, { field })
    }
    // Whoever can choose a free port has done so before.
    if (hostPort === 0) {
      const field = `network.forwards.${index}.hostPort`
      throw failure('invalid-input', { key: 'error.invalidInput', params: { field } }, { field })
    }
    const key = `${protocol}:${hostPort}`
    if (seen.has(key)) {
      const field = `network.forwards.${index}.hostPort`
      throw failure('invalid-input', { key: 'kept.error.portTwice', params: { port: String(hostPort) } }, { field })
    }
    seen.add(key)
  }
}
