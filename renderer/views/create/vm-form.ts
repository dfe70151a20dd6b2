import { guessOsType, type OsType } from '../../../app/domain/guess-os.ts'
import type { EndpointId } from '../../../app/domain/ids.ts'
import {
  type AgreedFile,
  type DiskFormat,
  type GraphicsOption,
  type GuestOption,
  type VmCreateOptions,
  type VmSpec,
  vmSpecSchema,
} from '../../../app/domain/spec.ts'
import { GB } from '../../../app/domain/units.ts'
import { type PortRow, readForwards } from './forwards.ts'
import { checkName, checkRange, createProblems, type Problems, readPorts } from './problems.ts'
import { fileName, nameFromFile, uniqueName } from './propose.ts'
import { cores, disk, memory } from './quantities.ts'

/**
 * What a new virtual machine begins with. An installer brings a blank disk with it unless that is turned off; `file` is a
 * whole machine that was exported, which has a form of its own.
 */
export type VmSource = 'installer' | 'image' | 'blank' | 'file'

export interface VmForm {
  readonly endpointId: EndpointId | null
  /** null is the first that can be had, where there are any to choose from. */
  readonly guest: string | null
  readonly source: VmSource
  readonly isoPath: string
  readonly imagePath: string
  /** A machine's file to import. */
  readonly filePath: string
  /** null follows the file's extension. */
  readonly imageFormat: DiskFormat | null
  readonly imageUse: 'copy' | 'in-place'
  /** Files that the person said yes to for this image. */
  readonly allowedFiles: readonly AgreedFile[]
  readonly hasDisk: boolean
  /** A BIOS of the person's and the graphics card's; both empty for the one that is found. */
  readonly biosPath: string
  readonly vgaBiosPath: string
  readonly name: string
  /** False while the name is still the proposed one and follows the file. */
  readonly isNameTyped: boolean
  /** null stands for the default, which depends on where it runs. */
  readonly cpus: number | null
  readonly memoryBytes: number | null
  readonly diskBytes: number | null
  readonly arch: string | null
  readonly firmware: 'bios' | 'uefi'
  /** null follows the names. */
  readonly osType: string | null
  /** null is the one that fits the system. */
  readonly graphics: string | null
  readonly hasSerialConsole: boolean
  /** Empty for none. */
  readonly sharedFolder: string
  readonly isSharedReadOnly: boolean
  /** null leaves it to the guest and its provider. */
  readonly network: 'user' | 'none' | null
  readonly ports: readonly PortRow[]
  readonly hostPorts: string
  readonly localNetwork: boolean
}

export const emptyVmForm: VmForm = {
  endpointId: null,
  guest: null,
  source: 'installer',
  isoPath: '',
  imagePath: '',
  filePath: '',
  imageFormat: null,
  imageUse: 'copy',
  allowedFiles: [],
  hasDisk: true,
  biosPath: '',
  vgaBiosPath: '',
  name: '',
  isNameTyped: false,
  cpus: null,
  memoryBytes: null,
  diskBytes: null,
  arch: null,
  firmware: 'bios',
  osType: null,
  graphics: null,
  hasSerialConsole: true,
  sharedFolder: '',
  isSharedReadOnly: true,
  network: null,
  ports: [],
  hostPorts: '',
  localNetwork: false,
}

/** The form as it is shown: what was left to the default is filled in. */
export interface FilledVmForm extends VmForm {
  readonly cpus: number
  readonly memoryBytes: number
  readonly diskBytes: number
  readonly arch: string
  readonly network: 'user' | 'none'
}

/** What runs in it, where its provider lets one choose; null elsewhere. */
export function guestOf({ guest }: Pick<VmForm, 'guest'>, { guests }: VmCreateOptions): GuestOption | null {
  if (guests === undefined) return null
  return guests.find(({ id }) => id === guest) ?? guests.find(({ withheld }) => withheld === null) ?? null
}

/** The options as they are for the chosen guest. */
export function optionsFor(form: Pick<VmForm, 'guest'>, options: VmCreateOptions): VmCreateOptions {
  const guest = guestOf(form, options)
  const { memoryBytes = options.memoryBytes, diskBytes = options.diskBytes } = guest ?? {}
  return { ...options, memoryBytes, diskBytes }
}

/** What it may begin with: an installer needs a drive for it. */
function sourcesFor(guest: GuestOption): readonly VmSource[] {
  const { sources, disc } = guest
  return [
    ...(disc ? (['installer'] as const) : []),
    ...(sources.includes('image') ? (['image'] as const) : []),
    ...(sources.includes('blank') ? (['blank'] as const) : []),
  ]
}

export function filledVmForm(form: VmForm, options: VmCreateOptions, taken: ReadonlySet<string>): FilledVmForm {
  const guest = guestOf(form, options)
  const sources = guest === null ? null : sourcesFor(guest)
  const source = sources === null || sources.includes(form.source) ? form.source : (sources.at(-1) ?? form.source)
  const file = source === 'installer' ? form.isoPath : source === 'image' ? form.imagePath : ''
  const proposed = hasOwnDisk(guest) ? (guest?.id ?? '') : nameFromFile(file)
  const one = <T>(wanted: T, possible: readonly T[] | undefined): T =>
    possible === undefined || possible.includes(wanted) ? wanted : (possible[0] ?? wanted)
  return {
    ...form,
    source,
    network: hasOwnNetwork(guest) ? (form.network ?? 'none') : one(form.network ?? 'user', options.networks),
    imageUse: one(form.imageUse, options.diskUses),
    name: form.isNameTyped ? form.name : uniqueName(proposed === '' ? 'machine' : proposed, taken),
    cpus: form.cpus ?? options.cpus.default,
    memoryBytes: form.memoryBytes ?? options.memoryBytes.default,
    // A whole number of the units it is shown in, so that what is read is what is made.
    diskBytes: form.diskBytes ?? Math.max(options.diskBytes.min, Math.round(options.diskBytes.default / GB) * GB),
    arch: form.arch ?? options.architectures[0]?.arch ?? '',
  }
}

/**
 * The spec a filled form stands for, or what is wrong with it. `guessed` is the format the image's name promises, used while
 * none was chosen.
 */
export function readVmForm(
  form: FilledVmForm,
  options: VmCreateOptions,
  guessed: DiskFormat | null,
  startAfter: boolean,
): { readonly spec: VmSpec | null; readonly problems: Problems } {
  const { add, all: problems } = createProblems()
  const format = form.imageFormat ?? guessed
  const name = checkName(form.name, add)
  const isBlankDisk = hasBlankDisk(form, options)
  const hasGuestDisk = hasOwnDisk(guestOf(form, options))
  checkRange(form.cpus, cores, options.cpus, 'cpus', add)
  checkRange(form.memoryBytes, memory, options.memoryBytes, 'memory', add)
  if (isBlankDisk) checkRange(form.diskBytes, disk, options.diskBytes, 'disk', add)
  if (!hasGuestDisk && form.source === 'installer' && form.isoPath === '') add('source', { key: 'create.problem.iso' })
  if (!hasGuestDisk && form.source === 'image') {
    if (form.imagePath === '') add('source', { key: 'create.problem.image' })
    else if (format === null) add('format', { key: 'create.problem.format' })
  }
  const { bios } = guestOf(form, options) ?? {}
  const biosFiles = { system: form.biosPath, graphics: form.vgaBiosPath }
  const hasBios = bios !== undefined && (form.biosPath !== '' || form.vgaBiosPath !== '')
  if (hasBios && form.biosPath === '') add('biosFiles.system', { key: 'create.problem.bios' })
  if (hasBios && form.vgaBiosPath === '') add('biosFiles.graphics', { key: 'create.problem.bios' })
  const architecture = options.architectures.find((option) => option.arch === form.arch)
  if (architecture === undefined) add('arch', { key: 'create.problem.value' })
  else if (form.firmware === 'uefi' && architecture.noUefi !== null) add('firmware', architecture.noUefi)
  const graphics = chosenGraphics(form, options)
  const isOwnNetwork = hasOwnNetwork(guestOf(form, options))
  const rows = form.network === 'user' ? readForwards(form.ports, add, { isHostPortOptional: isOwnNetwork }) : []
  const forwards = rows.map((row) => ({ ...row, hostPort: row.hostPort ?? 0 }))
  const hostPorts = readPorts(form.hostPorts)
  if (isOwnNetwork && form.network === 'user' && hostPorts === null) add('hostPorts', { key: 'create.problem.ports' })
  const reach = isOwnNetwork ? { hostPorts: hostPorts ?? [], localNetwork: form.localNetwork } : {}
  if (problems.size > 0) return { spec: null, problems }

  const parsed = vmSpecSchema.safeParse({
    kind: 'vm',
    endpointId: options.endpointId,
    name,
    arch: form.arch,
    cpus: form.cpus,
    memoryBytes: form.memoryBytes,
    disk: hasGuestDisk ? { from: 'guest' } : chosenDisk(form, format, isBlankDisk),
    isoPath: hasGuestDisk || form.isoPath === '' || form.source === 'blank' ? null : form.isoPath,
    network: form.network === 'none' ? { mode: 'none' } : { mode: 'user', forwards, ...reach },
    firmware: form.firmware,
    // What these options do not ask for is left to the tool, also when it was chosen for another one.
    ...(options.osTypes === undefined ? {} : { osType: chosenOsType(form, options)?.id }),
    ...(graphics === null ? {} : { graphics: graphics.id }),
    ...(options.serialConsole === undefined ? {} : { serialConsole: form.hasSerialConsole }),
    ...(options.guests === undefined ? {} : { guest: guestOf(form, options)?.id }),
    ...(hasBios ? { biosFiles } : {}),
    ...(guestOf(form, options)?.sharedFolder === true && form.sharedFolder !== ''
      ? { sharedFolder: { path: form.sharedFolder, readOnly: form.isSharedReadOnly } }
      : {}),
    startAfter,
  })
  if (parsed.success) return { spec: parsed.data, problems }
  for (const issue of parsed.error.issues) add(fieldOf(issue.path.join('.')), { key: 'create.problem.value' })
  return { spec: null, problems }
}

function chosenDisk(form: FilledVmForm, format: DiskFormat | null, isBlank: boolean): unknown {
  if (form.source !== 'image') return isBlank ? { from: 'blank', sizeBytes: form.diskBytes } : { from: 'none' }
  const { imagePath: path, imageUse: use, allowedFiles } = form
  return { from: 'image', path, format, use, ...(allowedFiles.length === 0 ? {} : { allowedFiles: [...allowedFiles] }) }
}

/** Whether it comes with its disk, so that nothing is asked about one. */
function hasOwnDisk(guest: GuestOption | null): boolean {
  return guest?.sources.includes('guest') === true
}

export function hasBlankDisk(form: FilledVmForm, options: VmCreateOptions): boolean {
  return !hasOwnDisk(guestOf(form, options)) && form.source !== 'image' && (form.hasDisk || form.source === 'blank')
}

/** Whether it can have a network of Berth's own. */
export function hasOwnNetwork(guest: GuestOption | null): boolean {
  return guest?.ownNetwork === true
}

/** The cards to choose from for the architecture that is chosen. */
export function graphicsCards(form: FilledVmForm, options: VmCreateOptions): readonly GraphicsOption[] {
  const architecture = options.architectures.find(({ arch }) => arch === form.arch)
  return architecture?.graphics ?? options.graphics ?? []
}

/** The card that was chosen; null where none was, or another tool's. */
export function chosenGraphics(form: FilledVmForm, options: VmCreateOptions): GraphicsOption | null {
  return graphicsCards(form, options).find(({ id }) => id === form.graphics) ?? null
}

/** The system that was chosen, else the one that the names promise; null where there is nothing to choose from. */
export function chosenOsType(form: FilledVmForm, options: VmCreateOptions): OsType | null {
  const types = options.osTypes ?? []
  return types.find(({ id }) => id === form.osType) ?? guessedOsType(form, options)
}

export function guessedOsType(form: FilledVmForm, { osTypes }: VmCreateOptions): OsType | null {
  if (osTypes === undefined) return null
  const file = form.source === 'installer' ? form.isoPath : form.source === 'image' ? form.imagePath : ''
  return guessOsType([form.name, fileName(file)], form.arch, osTypes)
}

/** The form's field that a part of the spec came from: for what the schema or main refuses. */
export function fieldOf(path: string): string {
  if (path === '') return 'form'
  if (path.startsWith('disk.size')) return 'disk'
  if (path.startsWith('disk.format')) return 'format'
  if (path.startsWith('disk') || path === 'isoPath') return 'source'
  if (path === 'memoryBytes') return 'memory'
  if (path.startsWith('biosFiles.')) return path
  if (path.startsWith('network.hostPorts')) return 'hostPorts'
  const forward = /^(?:network\.forwards|ports)\.(\d+)/.exec(path)
  if (forward !== null) return `ports.${forward[1]}`
  return path.split('.')[0] ?? 'form'
}
