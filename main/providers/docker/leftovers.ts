import { errorOf } from '../../../app/domain/errors.ts'
import type { EndpointId } from '../../../app/domain/ids.ts'
import type { Op } from '../provider.ts'
import * as commands from './commands.ts'
import { inspectOne } from './containers.ts'
import { run } from './engine.ts'
import type { Follower } from './follow.ts'
import type { Container } from './inspect.ts'
import type { Journal } from './journal.ts'
import { parseAsideName } from './naming.ts'
import type { ProviderContext } from './provider-context.ts'

/**
 * Whether a container was made for one of our transactions that is over: by a command that was still under way when its Berth was
 * killed and its restore taken back. Only a name of this Berth's own says so: another one may use the same engine. One that was ever
 * started is somebody's.
 */
export function isLeftover(
  journal: Pick<Journal, 'isAbandoned' | 'names'>,
  endpointId: EndpointId,
  { id, name, word, startedAt }: Pick<Container, 'id' | 'name' | 'word' | 'startedAt'>,
): boolean {
  const aside = parseAsideName(name)
  if (aside === null || aside.role === 'trash' || word !== 'created' || startedAt !== null) return false
  return journal.isAbandoned(endpointId, aside.role, aside.handle) && !journal.names(endpointId, id)
}

/** Removes such containers, never their volumes. One that cannot be removed is tried again at the next list. */
export async function removeLeftovers(
  { host, journal }: Pick<ProviderContext, 'host' | 'journal'>,
  { engine, model }: Pick<Follower, 'engine' | 'model'>,
  op: Op,
): Promise<void> {
  for (const { id, name } of model.leftovers()) {
    try {
      const now = await inspectOne(host, engine, id, op)
      if (now === null || !isLeftover(journal, engine.endpointId, now.container)) continue
      // Not by force: the engine refuses it for one that was started just now.
      await run(host, engine, commands.remove(id), op)
      host.log.info('docker.leftover.removed', { id, name })
    } catch (error) {
      host.log.warn('docker.leftover', { id, name, error: errorOf(error) })
    }
  }
}
