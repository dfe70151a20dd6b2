import type { Forward } from '../../../app/domain/spec.ts'
import { MiB } from '../../../app/domain/units.ts'

/**
 * Argument lists that make and change machines. A value that a person typed is always the argument after its option, which
 * VBoxManage takes as it is, or joined to it by `=`.
 */

/** `--default` gives it the controllers, network card and graphics that VirtualBox recommends for the system. */
export const createMachine = (about: {
  readonly uuid: string
  readonly name: string
  readonly osType: string
  readonly arch: string
}): readonly string[] => [
  'createvm',
  '--name',
  about.name,
  '--uuid',
  about.uuid,
  '--ostype',
  about.osType,
  ...(about.arch === 'aarch64' ? ['--platform-architecture', 'arm'] : []),
  '--default',
  '--register',
]

export interface Basics {
  readonly cpus?: number
  readonly memoryBytes?: number
  readonly firmware?: 'bios' | 'uefi'
  readonly graphics?: string
  /** Where its console is; null takes the port out. */
  readonly serialPath?: string | null
  /** Whether it starts in a window of VirtualBox's own, where nobody says otherwise. */
  readonly ownWindow?: boolean
}

/** Changes a machine that is off. */
export const modify = (uuid: string, basics: Basics): readonly string[] => [
  'modifyvm',
  uuid,
  // Several processors need the I/O APIC, which old systems are given without.
  ...(basics.cpus === undefined ? [] : ['--cpus', String(basics.cpus), ...(basics.cpus > 1 ? ['--ioapic', 'on'] : [])]),
  ...(basics.memoryBytes === undefined ? [] : ['--memory', String(Math.round(basics.memoryBytes / MiB))]),
  ...(basics.firmware === undefined ? [] : ['--firmware', basics.firmware === 'uefi' ? 'efi' : 'bios']),
  ...(basics.graphics === undefined ? [] : ['--graphicscontroller', basics.graphics]),
  ...(basics.serialPath === undefined ? [] : serialPort(basics.serialPath)),
  ...(basics.ownWindow === undefined ? [] : ['--default-frontend', basics.ownWindow ? 'gui' : 'headless']),
]

/** VirtualBox makes the socket when the machine starts, over whatever is at the path. */
const serialPort = (path: string | null): readonly string[] =>
  path === null ? ['--uart1', 'off'] : ['--uart1', '0x3F8', '4', '--uartmode1', 'server', path]

/** A disk first: while it is blank, the machine starts from the disc, and from the disk once a system is on it. */
export const bootOrder = (uuid: string): readonly string[] => [
  'modifyvm',
  uuid,
  '--boot1',
  'disk',
  '--boot2',
  'dvd',
  '--boot3',
  'none',
  '--boot4',
  'none',
]

export const rename = (uuid: string, name: string): readonly string[] => ['modifyvm', uuid, '--name', name]

export const network = (uuid: string, mode: 'none' | 'user'): readonly string[] => [
  'modifyvm',
  uuid,
  '--nic1',
  mode === 'none' ? 'none' : 'nat',
]

/** A rule's name holds what it is about, so that the same rule is never there twice. */
export function ruleName({ protocol, hostAddress, hostPort }: Forward): string {
  return `berth-${protocol}-${hostAddress === '' ? 'any' : hostAddress}-${hostPort}`
}

export const ruleOf = (forward: Forward): string => {
  const { protocol, hostAddress, hostPort, guestPort } = forward
  return `${ruleName(forward)},${protocol},${hostAddress},${hostPort},,${guestPort}`
}

export const addForward = (uuid: string, forward: Forward, isOn: boolean): readonly string[] =>
  isOn ? ['controlvm', uuid, 'natpf1', ruleOf(forward)] : ['modifyvm', uuid, '--natpf1', ruleOf(forward)]

export const removeForward = (uuid: string, name: string, isOn: boolean): readonly string[] =>
  isOn ? ['controlvm', uuid, 'natpf1', 'delete', name] : ['modifyvm', uuid, '--natpf1', 'delete', name]

export const createDisk = (path: string, sizeBytes: number): readonly string[] => [
  'createmedium',
  'disk',
  '--filename',
  path,
  '--sizebyte',
  // VirtualBox wants whole sectors.
  String(Math.ceil(sizeBytes / 512) * 512),
  '--format',
  'VDI',
]

/** A raw image has no signs of its own: it is said to be one. */
export const copyDisk = (from: string, format: string, to: string): readonly string[] =>
  format === 'raw'
    ? ['convertfromraw', from, to, '--format', 'VDI']
    : ['clonemedium', 'disk', from, to, '--format', 'VDI']

export const resizeDisk = (mediumId: string, sizeBytes: number): readonly string[] => [
  'modifymedium',
  'disk',
  mediumId,
  '--resizebyte',
  String(Math.ceil(sizeBytes / 512) * 512),
]

/** Lets VirtualBox forget a disk or disc that no machine uses; the file stays. */
export const forgetMedium = (kind: 'disk' | 'dvd', path: string): readonly string[] => ['closemedium', kind, path]

export const addController = (uuid: string, name: string, bus: 'sata' | 'ide'): readonly string[] => [
  'storagectl',
  uuid,
  '--name',
  name,
  '--add',
  bus,
  ...(bus === 'sata' ? ['--portcount', '2'] : []),
]

export const growController = (uuid: string, name: string, ports: number): readonly string[] => [
  'storagectl',
  uuid,
  '--name',
  name,
  '--portcount',
  String(ports),
]

export interface Slot {
  readonly controller: string
  readonly port: number
  readonly device: number
}

/** `emptydrive` leaves a drive without a disc. */
export const attach = (uuid: string, slot: Slot, type: 'hdd' | 'dvddrive', medium: string): readonly string[] => [
  'storageattach',
  uuid,
  '--storagectl',
  slot.controller,
  '--port',
  String(slot.port),
  '--device',
  String(slot.device),
  '--type',
  type,
  '--medium',
  medium,
]

export const clone = (about: {
  readonly from: string
  readonly uuid: string
  readonly name: string
  readonly snapshotId: string | null
  readonly isLinked: boolean
}): readonly string[] => [
  'clonevm',
  about.from,
  '--name',
  about.name,
  '--uuid',
  about.uuid,
  '--mode',
  'machine',
  ...(about.snapshotId === null ? [] : ['--snapshot', about.snapshotId]),
  ...(about.isLinked ? ['--options', 'link'] : []),
  '--register',
]

export const osTypes = (): readonly string[] => ['list', 'ostypes']

/** Tells VirtualBox where a medium's file is now. It takes any file: whether it is the same one is the caller's to know. */
export const relocateMedium = (kind: 'disk' | 'dvd' | 'floppy', uuid: string, path: string): readonly string[] => [
  'modifymedium',
  kind,
  uuid,
  '--setlocation',
  path,
]
