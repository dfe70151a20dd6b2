import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Host } from '../provider.ts'

/** What a UNIX socket's path may hold everywhere, its ending zero left out. */
const mostBytes = 100

/**
 * Where VirtualBox makes a machine's serial line. It is written in the machine's settings and must work whenever and by whomever the
 * machine is started, so that it lies in a folder that a reboot does not empty.
 */
export function serialPathOf(
  { dataDir, runtimeDir, platform }: Pick<Host, 'dataDir' | 'runtimeDir' | 'platform'>,
  uuid: string,
): string {
  if (platform === 'win32') return `\\\\.\\pipe\\berth-${uuid}`
  const name = `${createHash('sha256').update(uuid).digest('hex').slice(0, 12)}.com1`
  const path = join(serialFolder({ dataDir }), name)
  return Buffer.byteLength(path) <= mostBytes ? path : join(runtimeDir, name)
}

export function serialFolder({ dataDir }: Pick<Host, 'dataDir'>): string {
  return join(dataDir, 's')
}
