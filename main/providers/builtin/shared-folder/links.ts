import { Refusal } from './errno.ts'

/**
 * A symbolic link that the guest makes is one for the host's programs, too, which would follow it out of the folder. So it may
 * only go up as far as the folder itself, by `..` at its beginning: after a name, `..` would go up from wherever that name leads.
 */
export function checkTarget(target: Buffer, depth: number, platform: NodeJS.Platform): void {
  if (target.length === 0 || target.includes(0)) throw new Refusal('EINVAL')
  if (platform === 'win32' && (target.includes(0x5c) || target.includes(0x3a))) throw new Refusal('EPERM')
  if (!staysInside(target, depth)) throw new Refusal('EPERM')
}

/** Whether a link in a folder `depth` folders below the shared one leads nowhere outside that. */
export function staysInside(target: Buffer, depth: number): boolean {
  if (target[0] === 0x2f) return false
  let ups = 0
  let hasName = false
  for (const part of target.toString('latin1').split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') hasName = true
    else if (hasName) return false
    else ups += 1
  }
  return ups <= depth
}
