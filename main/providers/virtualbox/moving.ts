import { randomUUID } from 'node:crypto'
import { mkdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { ImportSummary } from '../../../app/domain/spec.ts'
import { MiB } from '../../../app/domain/units.ts'
import { putUnder, remove } from '../common/files.ts'
import type { ExportOps, ImportOps, Op } from '../provider.ts'
import { checkAppliance } from './appliance-check.ts'
import { idOf } from './inventory.ts'
import { osName } from './machine.ts'
import { defaultMachineFolder } from './machine-folder.ts'
import { folderName, makeWhole } from './making.ts'
import * as commands from './moving-commands.ts'
import { checkName } from './naming.ts'
import { ovfDiskBytes } from './ovf.ts'
import { takeOwnSerial } from './own-serial.ts'
import { type ProviderContext, runOnMachine, throwIfCancelled } from './provider-context.ts'
import { diskWorkMs } from './snapshots.ts'
import { isResting } from './states.ts'

const formats = [
  { id: 'ovf20', label: 'OVA (OVF 2.0)', extension: 'ova' },
  { id: 'ovf10', label: 'OVA (OVF 1.0)', extension: 'ova' },
] as const

export function createExporting(context: ProviderContext): ExportOps {
  const { inventory } = context
  return {
    formats,
    async export(id, { path, format }, op) {
      const { entry } = await inventory.get(id)
      if (!isResting(inventory.observedState(entry).word)) {
        throw failure('wrong-state', { key: 'virtualbox.why.exportRunning' })
      }
      const version = formats.find((one) => one.id === format)?.id ?? 'ovf20'
      throwIfCancelled(op)
      // Written aside, so that what has the file's name is whole; a folder of its own, since what is inside is called after the file.
      const folder = join(dirname(path), `.berth-${randomUUID()}`)
      await inventory.withTransientState(entry, inventory.machine(entry).state, () =>
        makeWhole(context, { key: basename(folder), uuid: null, folder }, async () => {
          await mkdir(folder, { mode: 0o700 })
          const draft = join(folder, basename(path))
          op.progress({ text: { key: 'virtualbox.step.export' }, fraction: 0 })
          await runOnMachine(context, entry, commands.exportMachine(entry.uuid, draft, version), op, {
            timeoutMs: diskWorkMs,
            onFraction: (fraction) => op.progress({ text: { key: 'virtualbox.step.export' }, fraction }),
          })
          throwIfCancelled(op)
          const about = await stat(draft).catch(() => null)
          if (about === null || about.size === 0) {
            throw failure('tool-failed', { key: 'virtualbox.error.exportMissing' })
          }
          await putUnder(draft, path)
          await remove(folder)
        }),
      )
    },
  }
}

export function createImporting(context: ProviderContext): ImportOps {
  const { manage, inventory } = context
  const inspect = async (path: string, op: Op): Promise<ImportSummary> => {
    await checkAppliance(path)
    const said = await manage.run(commands.inspectFile(path), op)
    return parseSummary(said, await ovfDiskBytes(path))
  }
  return {
    extensions: ['ova', 'ovf'],
    inspect,
    async import(_endpointId, { path, name: given }, op): Promise<MachineId> {
      await checkAppliance(path)
      const name = given ?? (await inspect(path, op)).name ?? basename(path).replace(/\.[^.]*$/, '')
      checkName(name)
      throwIfCancelled(op)
      const called = folderName(name)
      const folder = join(await defaultMachineFolder(context), called)
      const settingsPath = join(folder, `${called}.vbox`)
      return makeWhole(context, { key: randomUUID(), uuid: null, folder }, async () => {
        op.progress({ text: { key: 'virtualbox.step.import' }, fraction: 0 })
        await manage.run(commands.importMachine(path, { name, settingsPath }), op, {
          timeoutMs: diskWorkMs,
          onFraction: (fraction) => op.progress({ text: { key: 'virtualbox.step.import' }, fraction }),
        })
        throwIfCancelled(op)
        const { machines } = await inventory.registry()
        const uuid = [...machines].find(([, at]) => at === settingsPath)?.[0]
        if (uuid === undefined) throw failure('tool-failed', { key: 'virtualbox.error.importMissing' })
        await takeOwnSerial(context, uuid)
        const { entry } = await inventory.get(idOf(uuid))
        inventory.publish(entry)
        return idOf(uuid)
      })
    },
  }
}

/**
 * Reads `import --dry-run`. Its description is printed as it is and may look like anything, but only stands between the name and
 * the numbers: of the name the first is taken, of the numbers the last. The disks' sizes are printed without their unit, and come from elsewhere.
 */
export function parseSummary(text: string, diskBytes: number | null): ImportSummary {
  const systems = text.split(/^Virtual system \d+:$/m)
  if (systems.length > 2) {
    const count = systems.length - 1
    throw failure('unsupported', { key: 'virtualbox.error.severalMachines', params: { count } })
  }
  const [, system = ''] = systems
  if (system === '') throw failure('invalid-input', { key: 'virtualbox.error.notOva' }, { field: 'path', detail: text })
  const first = (pattern: RegExp): string | null => pattern.exec(system)?.[1] ?? null
  const last = (pattern: RegExp): number | null => {
    const found = [...system.matchAll(pattern)].at(-1)?.[1]
    return found === undefined ? null : Number(found)
  }
  const memory = last(/^ *\d+: Guest memory: (\d+) MB$/gm)
  const osType = first(/^ *\d+: Suggested OS type: "([^"\n]*)"$/m)
  return {
    name: first(/^ *\d+: Suggested VM name "([\s\S]*?)"\n +\(change with/m),
    os: osType === null ? null : osName(osType),
    cpus: last(/^ *\d+: Number of CPUs: (\d+)$/gm),
    memoryBytes: memory === null ? null : memory * MiB,
    diskBytes,
    notes: [],
  }
}
