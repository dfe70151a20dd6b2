import type { Op } from '../provider.ts'
import { refuseLostBinds, refuseUnmountable } from './bind-check.ts'
import { withClientInput } from './client-input.ts'
import * as commands from './commands.ts'
import { differences } from './compare.ts'
import { inspectOne } from './containers.ts'
import { attempt } from './engine.ts'
import type { Fields } from './json.ts'
import type { ProviderContext, Target } from './provider-context.ts'
import { recreate } from './recreate.ts'
import type { StoredSnapshot } from './snapshots.ts'

export interface MadeLike {
  readonly id: string
  /** Names of settings that could not be carried over. */
  readonly differences: readonly string[]
}

/**
 * Creates a container like an inspected one from a snapshot's image, in all its networks, and does not start it. Fails, leaving
 * nothing behind, when a folder or file that it needs of its host is gone.
 */
export async function makeLike(
  { host }: Pick<ProviderContext, 'host'>,
  { engine, run }: Pick<Target, 'engine' | 'run'>,
  raw: Fields,
  { reference, image }: StoredSnapshot,
  name: string,
  op: Op,
): Promise<MadeLike> {
  await refuseLostBinds(host, engine, raw, { image: reference, name }, op)
  const recreation = recreate(raw, { image, purpose: 'copy', engine })
  const said = await withClientInput(host, recreation, ({ flags, env, secrets }) =>
    run(commands.createLike(name, reference, [...flags, ...recreation.flags], recreation.command), op, {
      env,
      secrets,
    }),
  )
  const id = said.trim().split('\n').at(-1) ?? ''
  try {
    for (const network of recreation.networks) {
      await run(commands.networkConnect(network.name, id, network.flags), op)
    }
    await refuseUnmountable(host, engine, id, raw, op)
    const made = await inspectOne(host, engine, id, op)
    return { id, differences: made === null ? [] : differences(raw, made.raw) }
  } catch (thrown) {
    const tidying: Op = { ...op, signal: new AbortController().signal }
    await attempt(host, engine, commands.removeByForce(id), tidying).catch(() => {})
    throw thrown
  }
}
