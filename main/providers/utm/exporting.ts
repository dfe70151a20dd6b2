import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { failure } from '../../../app/domain/errors.ts'
import { renameDurably, syncTree } from '../../state/durable.ts'
import { diskUse, exists } from '../common/files.ts'
import { throwIfCancelled, unstoppable } from '../common/op.ts'
import { checkSpace } from '../common/space.ts'
import type { ExportOps, Op } from '../provider.ts'
import type { Known } from './machine-registry.ts'
import { isCopy } from './moving.ts'
import type { ProviderContext } from './provider-context.ts'
import { exportScript } from './scripts.ts'
import { stateOf } from './states.ts'

/** A day: the bundle may have to be copied byte by byte. */
const exportMs = 24 * 60 * 60_000

/** A copy of the bundle, which is how UTM itself takes machines to another Mac. */
export function createExporting(context: ProviderContext): ExportOps {
  return {
    formats: [{ id: 'utm', label: 'UTM', extension: 'utm' }],
    async export(id, { path }, op) {
      const known = await context.machineRegistry.known(id, op)
      if (stateOf(known.observedState.status) !== 'stopped')
        throw failure('wrong-state', { key: 'utm.why.exportRunning' })
      await refuseTaken(path)
      await checkSpace(path, await diskUse(known.bundle.path))
      throwIfCancelled(op)
      await exportTo(context, known, path, op)
    },
  }
}

/**
 * UTM removes what is at the path it is given and cannot be stopped on its way, so it gets a name of its own beside the
 * wanted one, which becomes that name once it is whole.
 */
async function exportTo(
  context: ProviderContext,
  { observedState, bundle }: Known,
  path: string,
  op: Op,
): Promise<void> {
  const { tool, host } = context
  const partial = join(dirname(path), `.berth-${observedState.uuid}-${host.now().getTime()}.utm`)
  const clear = (): Promise<void> => rm(partial, { recursive: true, force: true })
  op.progress({ text: { key: 'utm.step.export' }, fraction: null })
  const written = tool.script(exportScript, [observedState.uuid, partial], exportMs, unstoppable(op))
  try {
    await Promise.race([written, cancelled(op)])
    throwIfCancelled(op)
    if (!(await isCopy(bundle.path, partial))) throw failure('tool-failed', { key: 'utm.error.copy' })
    await syncTree(partial)
    await refuseTaken(path)
    await renameDurably(partial, path)
  } catch (error) {
    // What UTM still writes is taken away when it has done so.
    void written.then(clear, clear).catch((rest) => host.log.warn('utm.export', { error: String(rest) }))
    throw error
  }
}

async function refuseTaken(path: string): Promise<void> {
  if (await exists(path)) throw failure('already-exists', { key: 'utm.error.pathTaken' }, { field: 'path' })
}

function cancelled(op: Op): Promise<void> {
  return new Promise((resolve) => op.signal.addEventListener('abort', () => resolve(), { once: true }))
}
