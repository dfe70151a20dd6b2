import type { Log } from '../../log.ts'
import { quietOp } from '../common/op.ts'
import { utmctlArguments } from './commands.ts'
import { parseAddresses } from './parse.ts'
import type { Tool } from './tool.ts'

const askMs = 10_000
/** A guest's addresses seldom change, and asking costs a process and the guest's attention. */
const freshMs = 60_000

/** What guest agents say about addresses, asked beside everything else. */
export interface Addresses {
  /** What was told last; empty while the machine is off or has no agent. */
  of(uuid: string): readonly string[]
  /** Asks those that were not asked for a while, one after the other; tells when one's have changed. */
  refresh(running: readonly string[]): void
}

export function createAddresses(tool: Tool, now: () => Date, changed: (uuid: string) => void, log: Log): Addresses {
  const known = new Map<string, { readonly at: number; readonly list: readonly string[] }>()
  let isAsking = false

  const ask = async (uuids: readonly string[]): Promise<void> => {
    for (const uuid of uuids) {
      const before = known.get(uuid)?.list ?? []
      const list = await tool.ask(utmctlArguments.addresses(uuid), askMs, quietOp).then(parseAddresses, () => [])
      known.set(uuid, { at: now().getTime(), list })
      if (JSON.stringify(list) !== JSON.stringify(before)) changed(uuid)
    }
  }

  return {
    of: (uuid) => known.get(uuid)?.list ?? [],
    refresh(running) {
      for (const uuid of known.keys()) if (!running.includes(uuid)) known.delete(uuid)
      if (isAsking) return
      const due = running.filter((uuid) => Math.abs(now().getTime() - (known.get(uuid)?.at ?? 0)) > freshMs)
      if (due.length === 0) return
      isAsking = true
      void ask(due)
        .catch((error: unknown) => log.warn('utm.addresses', { error: String(error) }))
        .finally(() => {
          isAsking = false
        })
    },
  }
}
