import { z } from 'zod'
import { type LastKnown, lastKnownVersion, notAskedYet } from '../../app/domain/last-known.ts'
import type { Machine } from '../../app/domain/machine.ts'
import type { Endpoint, HostInfo } from '../../app/domain/provider.ts'
import { lastKnownPath, readLastSeen, sealed } from '../last-seen.ts'
import type { Log } from '../log.ts'
import { writeAtomic } from '../write-atomic.ts'

/** Only what reading it needs: the file is our own, in a folder of this person's, and made anew within seconds. */
const fileSchema = z.object({
  version: z.literal(lastKnownVersion),
  hosts: z.array(z.looseObject({ id: z.string() })),
  endpoints: z.array(z.looseObject({ id: z.string(), providerId: z.string(), hostId: z.string() })),
  machines: z.array(z.looseObject({ id: z.string(), endpointId: z.string(), name: z.string(), state: z.string() })),
})

/** The list as the last run left it, so that a window has rows to show before any tool has answered. */
export function readLastKnown(cacheDir: string, now: Date, log: Log): LastKnown {
  const nothing: LastKnown = { hosts: [], endpoints: [], machines: [] }
  const text = readLastSeen(cacheDir)
  if (text === null) return nothing
  try {
    const file = fileSchema.parse(JSON.parse(text))
    const endpoints = file.endpoints as unknown as readonly Endpoint[]
    return {
      hosts: file.hosts as unknown as readonly HostInfo[],
      endpoints: endpoints.map((endpoint) => notAskedYet(endpoint, now)),
      machines: file.machines as unknown as readonly Machine[],
    }
  } catch (error) {
    log.info('inventory.cache', { error: String(error) })
    return nothing
  }
}

export async function writeLastKnown(cacheDir: string, { hosts, endpoints, machines }: LastKnown): Promise<void> {
  const text = JSON.stringify({ version: lastKnownVersion, hosts, endpoints, machines })
  await writeAtomic(lastKnownPath(cacheDir), sealed(text))
}
