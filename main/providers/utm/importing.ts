import { failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Op } from '../provider.ts'
import { readBundle } from './bundle.ts'
import { makeMachine } from './making.ts'
import { importScript } from './scripts.ts'
import type { World } from './world.ts'

/** A day: the bundle may have to be copied byte by byte. */
const importMs = 24 * 60 * 60_000

/** Lets UTM copy a bundle into its own folder. The bundle stays as it is. */
export async function importBundle(world: World, path: string, op: Op): Promise<MachineId> {
  const { config } = await readBundle(path).catch((cause: unknown) => {
    throw failure('invalid-input', { key: 'utm.error.noBundle' }, { field: 'path', detail: String(cause), cause })
  })
  return makeMachine(
    world,
    config.Information.Name,
    async (calm) => (await world.tool.script(importScript, [path], importMs, calm)).trim().toUpperCase() || null,
    op,
  )
}
