import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { makeFolder } from '../../state/durable.ts'
import type { Host } from '../provider.ts'

type Place = Pick<Host, 'dataDir' | 'runtimeDir' | 'platform'>

/** What a UNIX socket's path may hold everywhere, its ending zero left out. */
const maxBytes = 100

/**
 * Where VirtualBox makes a machine's serial line. It is written in the machine's settings and must work whenever and by whomever the
 * machine is started, so that it lies in a folder that a reboot does not empty, unless that one's path is too long.
 */
export function serialPathOf({ dataDir, runtimeDir, platform }: Place, uuid: string): string {
  if (platform === 'win32') return `\\\\.\\pipe\\berth-${uuid}`
  const name = `${createHash('sha256').update(uuid).digest('hex').slice(0, 12)}.com1`
  const path = join(dataDir, 'serial', name)
  return Buffer.byteLength(path) <= maxBytes ? path : join(runtimeDir, name)
}

/** VirtualBox does not make the folder, and a machine whose line can't be made does not start. */
export async function prepareSerialFolder(place: Place, uuid: string): Promise<void> {
  if (place.platform !== 'win32') await makeFolder(dirname(serialPathOf(place, uuid)))
}

/** What a machine said on its line, as far as Berth was there to hear it. */
export function serialLogOf({ dataDir }: Pick<Host, 'dataDir'>, uuid: string): string {
  return join(dataDir, 'serial', `${uuid}.log`)
}
