import type { Inventory } from '../contract/views.ts'
import type { Endpoint } from './provider.ts'

/** What is kept of the list between two runs. */
export type LastKnown = Pick<Inventory, 'hosts' | 'endpoints' | 'machines'>

/** Raised whenever a machine, endpoint or host is written differently: an older file is then not read. */
export const lastKnownVersion = 3

/** The element of our page that holds the file's text, where main put it in. */
export const lastSeenId = 'last-seen'

/** An endpoint as the last run left it, which nobody has asked yet. */
export function notAskedYet(endpoint: Endpoint, now: Date): Endpoint {
  return { ...endpoint, state: 'checking', error: null, remedies: [], since: now.toISOString() }
}
