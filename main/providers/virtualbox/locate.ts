import { readFile } from 'node:fs/promises'
import { failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { checkDisc } from '../../images/check.ts'
import type { ImageFormat } from '../../images/first-bytes.ts'
import { checkFoundDisk, otherDisk } from '../../images/found-disk.ts'
import { type FormatWithUuid, formatsWithUuid, imageUuid } from '../../images/image-uuid.ts'
import { isFile } from '../common/files.ts'
import type { LocateOps } from '../provider.ts'
import * as commands from './commands.ts'
import type { Entry } from './entry.ts'
import { relocateMedium } from './machine-commands.ts'
import { knownMedia } from './media-registry.ts'
import { type ProviderContext, quietOp, runOnMachine, throwIfCancelled } from './provider-context.ts'
import { parseSettings, type Settings } from './settings-file.ts'
import type { Medium } from './settings-media.ts'

const field = 'path'

/** VirtualBox knows a machine and its media by where their files are: they are registered at another place, and no file is touched. */
export function createLocate(context: ProviderContext): LocateOps {
  const { inventory } = context
  const lostEntry = async (id: MachineId): Promise<Entry> => {
    const entry = await inventory.find(id)
    if (entry === null) throw failure('not-found', { key: 'error.machineGone' })
    if (entry.problem === null && entry.lostMedium === null) {
      throw failure('wrong-state', { key: 'virtualbox.error.notLost' })
    }
    return entry
  }
  /** Before anything is taken back: VirtualBox would refuse settings only once the machine is unregistered, and a disk never. */
  const check = async (entry: Entry, path: string): Promise<void> => {
    if (entry.problem === null && entry.lostMedium !== null) return checkSameMedium(context, entry.lostMedium, path)
    const settings = await settingsAt(path)
    if (settings.uuid === entry.uuid) return
    const params = { name: settings.name }
    throw failure('invalid-input', { key: 'virtualbox.error.otherMachine', params }, { field })
  }

  return {
    async check(id, path, op) {
      const entry = await lostEntry(id)
      throwIfCancelled(op)
      await check(entry, path)
    },
    async locate(id, path, op) {
      const entry = await lostEntry(id)
      await check(entry, path)
      throwIfCancelled(op)
      await (entry.problem === null && entry.lostMedium !== null
        ? moveMedium(context, entry, entry.lostMedium, path)
        : moveSettings(context, entry, path))
      const found = await inventory.find(id)
      if (found === null) throw failure('not-found', { key: 'error.machineGone' })
      found.isRefused = false
      await inventory.refresh(found)
      inventory.publish(found)
    },
  }
}

async function moveMedium(context: ProviderContext, entry: Entry, { kind, uuid }: Medium, path: string): Promise<void> {
  const isThere = async (): Promise<boolean> => {
    await context.inventory.refresh(entry)
    return entry.settings?.media.some((medium) => medium.uuid === uuid && medium.path === path) ?? false
  }
  await runOnMachine(context, entry, relocateMedium(kind, uuid, path), quietOp, { isDone: isThere })
  if (!(await isThere())) {
    throw failure('tool-failed', { key: 'virtualbox.error.notRelocated' }, { detail: path })
  }
}

async function moveSettings(context: ProviderContext, entry: Entry, path: string): Promise<void> {
  const { inventory } = context
  if (entry.path === path) return
  await runOnMachine(context, entry, commands.unregister(entry.uuid), quietOp, {
    // It says that it failed though it did not.
    isDone: async () => !(await inventory.registry()).machines.has(entry.uuid),
  })
  await runOnMachine(context, entry, commands.register(path), quietOp, {
    isDone: async () => (await inventory.registry()).machines.get(entry.uuid) === path,
  })
  if ((await inventory.registry()).machines.get(entry.uuid) !== path) {
    throw failure('tool-failed', { key: 'virtualbox.error.notRegistered' }, { detail: path })
  }
}

/** What VirtualBox calls the formats whose headers Berth reads. The header of a VHD names no other file, and that of a raw disk is its guest's. */
const formatsOf: Readonly<Record<string, readonly ImageFormat[]>> = {
  VDI: ['vdi'],
  VMDK: ['vmdk'],
  VHDX: ['vhdx'],
  QCOW: ['qcow', 'qcow2'],
  QED: ['qed'],
  PARALLELS: ['parallels'],
}

/** A disk is the same by the UUID in its own header. A disc has none: any disc can be put into the drive. */
async function checkSameMedium(context: ProviderContext, medium: Medium, path: string): Promise<void> {
  if (!(await isFile(path))) throw failure('invalid-input', { key: 'locate.error.noFile' }, { field })
  const media = await knownMedia(context)
  if (media.some((one) => one.path === path && one.uuid !== medium.uuid)) {
    throw otherDisk('locate.error.known', path, field)
  }
  if (medium.kind !== 'disk') return checkDisc(path, field)
  const name = medium.format?.toUpperCase() ?? ''
  const format = formatsWithUuid.find((one) => one === name)
  if (format !== undefined) await checkUuid(medium, format, path)
  // Nothing in such a file tells which disk it is, and differences on another disk would be rubbish.
  else if (media.some(({ parentId }) => parentId === medium.uuid) || medium.parentId !== null) {
    throw otherDisk('locate.error.untold', path, field, { format: medium.format ?? '' })
  }
  const formats = formatsOf[name]
  if (formats !== undefined) await checkFoundDisk(path, { formats, sizes: [], allowed: [] }, field)
}

async function checkUuid({ uuid }: Medium, format: FormatWithUuid, path: string): Promise<void> {
  const found = await imageUuid(path, format)
  if (found === null) throw otherDisk('locate.error.format', path, field, { format })
  if (found !== uuid) throw otherDisk('locate.error.uuid', path, field)
}

async function settingsAt(path: string): Promise<Settings> {
  try {
    return await parseSettings(await readFile(path, 'utf8'), path)
  } catch (error) {
    throw failure(
      'invalid-input',
      { key: 'virtualbox.error.noSettings' },
      { field, detail: error instanceof Error ? error.message : String(error) },
    )
  }
}
