import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Inventory } from '../../app/contract/views.ts'
import type { Machine } from '../../app/domain/machine.ts'
import type { Endpoint, HostInfo } from '../../app/domain/provider.ts'
import type { Log } from '../log.ts'
import { writeAtomic } from '../write-atomic.ts'

export type LastKnown = Pick<Inventory, 'hosts' | 'endpoints' | 'machines'>

/** Raised whenever a machine, endpoint or host is written differently: an older file is then not read. */
const version = 1

/** Only what reading it needs: the file is our own, in a folder of this person's, and made anew within seconds. */
const fileSchema = z.object({
  version: z.literal(version),
  hosts: z.array(z.looseObject({ id: z.string() })),
  endpoints: z.array(z.looseObject({ id: z.string(), providerId: z.string(), hostId: z.string() })),
  machines: z.array(z.looseObject({ id: z.string(), endpointId: z.string(), name: z.string(), state: z.string() })),
})

/** The list as the last run left it, so that a window has rows to show before any tool has answered. */
export function readLastKnown(cacheDir: string, now: Date, log: Log): LastKnown {
  const nothing: LastKnown = { hosts: [], endpoints: [], machines: [] }
  let text: string
  try {
    text = readFileSync(fileIn(cacheDir), 'utf8')
  } catch {
    return nothing
  }
  try {
    const file = fileSchema.parse(JSON.parse(text))
    const endpoints = file.endpoints as unknown as readonly Endpoint[]
    return {
      hosts: file.hosts as unknown as readonly HostInfo[],
      endpoints: endpoints.map((endpoint) => ({
        ...endpoint,
        state: 'checking',
        error: null,
        remedies: [],
        since: now.toISOString(),
      })),
      machines: file.machines as unknown as readonly Machine[],
    }
  } catch (error) {
    log.info('inventory.cache', { error: String(error) })
    return nothing
  }
}

export async function writeLastKnown(cacheDir: string, { hosts, endpoints, machines }: LastKnown): Promise<void> {
  await writeAtomic(fileIn(cacheDir), JSON.stringify({ version, hosts, endpoints, machines }))
}

function fileIn(cacheDir: string): string {
  return join(cacheDir, 'inventory.json')
}
