import { type LastKnown, lastKnownVersion, lastSeenId, notAskedYet } from '../../app/domain/last-known.ts'
import { type InventoryState, initialInventory } from './inventory.ts'

/**
 * The list as the last run left it, where main put it into the page; the empty one otherwise. It stands until main has told
 * the whole. `text` is the file's.
 */
export function lastSeen(text: string | null, now: Date): InventoryState {
  if (text === null) return initialInventory
  try {
    const file = JSON.parse(text) as LastKnown & { readonly version: number }
    if (file.version !== lastKnownVersion || file.machines.length === 0) return initialInventory
    return {
      ...initialInventory,
      revision: 0,
      hosts: file.hosts,
      endpoints: file.endpoints.map((endpoint) => notAskedYet(endpoint, now)),
      machines: new Map(file.machines.map((machine) => [machine.id, machine])),
    }
  } catch {
    // A file that cannot be read costs a moment: main answers soon.
    return initialInventory
  }
}

/** What main put into this page. */
export function lastSeenText(): string | null {
  return document.getElementById(lastSeenId)?.textContent ?? null
}
