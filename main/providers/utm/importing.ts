import { failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { ImportSummary } from '../../../app/domain/spec.ts'
import { MiB } from '../../../app/domain/units.ts'
import type { Text } from '../../../app/messages/text.ts'
import { diskUse } from '../common/files.ts'
import { checkSpace } from '../common/space.ts'
import type { ImportOps, Op, RenameOps } from '../provider.ts'
import { type Bundle, bundleName, discDrive, isApple, isOldBundle, readBundle } from './bundle.ts'
import { checkBundle } from './bundle-check.ts'
import { systemOf } from './machine.ts'
import { makeMachine } from './making.ts'
import { checkName } from './names.ts'
import type { ProviderContext } from './provider-context.ts'
import { importScript } from './scripts.ts'

/** A day: the bundle may have to be copied byte by byte. */
const importMs = 24 * 60 * 60_000

export function createImporting(context: ProviderContext, documents: string, { rename }: RenameOps): ImportOps {
  return {
    extensions: ['utm'],
    async inspect(path) {
      if (await isOldBundle(path)) {
        const added = await checkBundle(path)
        return { ...oldSummary(path), notes: [{ key: 'utm.import.old' }, ...argumentNotes(added)] }
      }
      const bundle = await readForeign(path)
      const added = await checkBundle(path)
      const { Information, System } = bundle.config
      return {
        name: Information.Name,
        os: systemOf(bundle),
        cpus: System.CPUCount || null,
        memoryBytes: System.MemorySize * MiB,
        diskBytes: null,
        notes: [
          ...argumentNotes(added),
          // Which disc was in is in the other Mac's registry, not in the bundle.
          ...(discDrive(bundle) !== null && !isApple(bundle) ? [{ key: 'utm.import.noDisc' } as const] : []),
        ],
      }
    },
    async import(_endpointId, { path, name }, op) {
      if (name !== null) checkName(name)
      if (!(await isOldBundle(path))) await readForeign(path)
      await checkBundle(path)
      await checkSpace(documents, await diskUse(path))
      const id = await importBundle(context, path, op)
      const { name: own } = await context.machineRegistry.get(id, op)
      if (name !== null && name !== own) await rename(id, name, op)
      return id
    },
  }
}

/** Lets UTM copy a bundle into its own folder. The bundle stays as it is. */
export async function importBundle(context: ProviderContext, path: string, op: Op): Promise<MachineId> {
  // UTM itself opens a bundle of the time before UTM 4: it is handed over as it is.
  const name = (await isOldBundle(path)) ? bundleName(path) : (await readForeign(path)).config.Information.Name
  return makeMachine(
    context,
    name,
    async (calm) => (await context.tool.script(importScript, [path], importMs, calm)).trim().toUpperCase() || null,
    op,
  )
}

/** Arguments for QEMU that are none to refuse: they are shown. */
function argumentNotes(added: readonly string[]): readonly Text[] {
  return added.length === 0 ? [] : [{ key: 'utm.import.arguments', params: { arguments: added.join(' ') } }]
}

/** What is known of a bundle that only UTM reads. */
function oldSummary(path: string): ImportSummary {
  return {
    name: bundleName(path),
    os: null,
    cpus: null,
    memoryBytes: null,
    diskBytes: null,
    notes: [{ key: 'utm.import.old' }],
  }
}

function readForeign(path: string): Promise<Bundle> {
  return readBundle(path).catch((cause: unknown) => {
    throw failure('invalid-input', { key: 'utm.error.noBundle' }, { field: 'path', detail: String(cause), cause })
  })
}
