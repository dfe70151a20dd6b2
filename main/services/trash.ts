import { errorOf } from '../../app/domain/errors.ts'
import type { TrashItem } from '../../app/domain/trash.ts'
import type { Log } from '../log.ts'
import type { Provider } from '../providers/provider.ts'
import { withLimit } from './limit.ts'

const answerMs = 10_000

/** What all providers keep in their trash, newest first. */
export interface TrashService {
  /** One provider that cannot say leaves the others' items as they are. */
  readonly list: () => Promise<readonly TrashItem[]>
}

export function createTrash(providers: readonly Provider[], log: Log): TrashService {
  const stop = new AbortController().signal

  async function listOf({ label, id, trash }: Provider): Promise<readonly TrashItem[]> {
    if (trash === undefined) return []
    try {
      return await withLimit((op) => trash.list(op), { tool: label, limitMs: answerMs, stop })
    } catch (error) {
      log.warn('trash.list', { provider: id, error: errorOf(error) })
      return []
    }
  }

  return {
    async list() {
      const lists = await Promise.all(providers.map(listOf))
      return lists.flat().sort((one, other) => other.removedAt.localeCompare(one.removedAt))
    },
  }
}
