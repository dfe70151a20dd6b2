import { machineId } from '../../../app/domain/ids.ts'
import type { Machine, MachineState } from '../../../app/domain/machine.ts'
import { MiB } from '../../../app/domain/units.ts'
import type { Verb } from '../../../app/domain/verbs.ts'
import type { Text } from '../../../app/messages/text.ts'
import { type Bundle, discDrive, imagePath, isApple, writableDisks } from './bundle.ts'
import { stateOf } from './states.ts'

export const providerId = 'utm'
export const endpointId = 'utm:local'

/** All that a machine's row depends on. */
export interface ObservedState {
  readonly uuid: string
  readonly name: string
  /** UTM's own word; `stopped` while UTM does not run, because no machine of it does then. */
  readonly status: string
  /** null when it was not read, for the reason in `missing`. */
  readonly bundle: Bundle | null
  readonly missing: Missing | null
  /** Its memory is kept on the disk and it does not run. */
  readonly isSuspended: boolean
  /** From its guest agent, as far as they were told. */
  readonly addresses: readonly string[]
  readonly abilities: Abilities
  /** What is shown while Berth itself is at work on it. */
  readonly held: MachineState | null
}

/**
 * Why Berth has not read a bundle: it is not there, macOS does not let Berth look, or it is of the time before UTM 4.
 */
export type Missing = 'gone' | 'unseen' | 'old'

/** What this computer's tools can do for machines of the QEMU kind. */
export interface Abilities {
  /** `utmctl` takes snapshots of running machines. */
  readonly live: boolean
  /** `qemu-img` is here: snapshots of stopped machines, and looking into images. */
  readonly images: boolean
}

/** Names of UTM's own pictures that say which system it is. */
const systems: Readonly<Record<string, string>> = {
  debian: 'Debian',
  ubuntu: 'Ubuntu',
  fedora: 'Fedora',
  'arch-linux': 'Arch Linux',
  alpine: 'Alpine Linux',
  centos: 'CentOS',
  kali: 'Kali Linux',
  manjaro: 'Manjaro',
  mint: 'Linux Mint',
  nixos: 'NixOS',
  opensuse: 'openSUSE',
  'red-hat': 'Red Hat',
  suse: 'SUSE',
  linux: 'Linux',
  freebsd: 'FreeBSD',
  openbsd: 'OpenBSD',
  netbsd: 'NetBSD',
  haiku: 'Haiku',
  mac: 'macOS',
  windows: 'Windows',
  'windows-7': 'Windows 7',
  'windows-10': 'Windows 10',
  'windows-11': 'Windows 11',
  'windows-xp': 'Windows XP',
}

/** A machine as the list shows it. */
export function machineOf(observedState: ObservedState): Machine {
  const { uuid, name, bundle, status } = observedState
  const system = bundle?.config.System
  return {
    id: machineId(providerId, uuid),
    endpointId,
    kind: 'vm',
    name,
    state: observedState.held ?? ownState(observedState),
    nativeState: status,
    os: bundle === null ? null : systemOf(bundle),
    arch: system?.Architecture ?? null,
    // 0 is UTM's word for as many as it thinks fit.
    cpus: system?.CPUCount || null,
    memoryBytes: system === undefined ? null : system.MemorySize * MiB,
    since: null,
    addresses: [...forwardedAddresses(bundle), ...observedState.addresses],
    withheld: withheldFrom(observedState),
    remark: remarkOf(observedState),
    needsHelp: false,
    lostFile: null,
  }
}

/** A bundle that UTM itself cannot read: listed so that it is missed by nobody. */
export function brokenMachine({ key, name }: { readonly key: string; readonly name: string }): Machine {
  const unreadable: Text = { key: 'utm.remark.unreadable' }
  return {
    id: machineId(providerId, key),
    endpointId,
    kind: 'vm',
    name,
    state: 'inaccessible',
    nativeState: 'unreadable',
    os: null,
    arch: null,
    cpus: null,
    memoryBytes: null,
    since: null,
    addresses: [],
    withheld: { rename: unreadable, remove: unreadable, clone: unreadable, export: unreadable, configure: unreadable },
    remark: unreadable,
    needsHelp: false,
    lostFile: null,
  }
}

/** Its state as UTM and the disk say, whatever Berth is doing to it. */
export function ownState({ status, isSuspended, missing }: ObservedState): MachineState {
  const state = stateOf(status)
  if (state !== 'stopped') return state
  if (missing === 'gone') return 'inaccessible'
  return isSuspended ? 'suspended' : 'stopped'
}

function remarkOf({ missing, status, bundle }: ObservedState): Text | null {
  if (missing !== null) return missingText(missing)
  if (stateOf(status) === 'unknown') return { key: 'utm.remark.unknown' }
  return bundle !== null && isApple(bundle) ? { key: 'utm.remark.apple' } : null
}

/** What runs in it, as far as its owner or its kind says; null when neither does. */
export function systemOf(bundle: Bundle): string | null {
  const { Information, System } = bundle.config
  if (isApple(bundle)) return System.Boot?.OperatingSystem ?? null
  const { Icon, IconCustom } = Information
  return Icon === undefined || IconCustom ? null : (systems[Icon] ?? null)
}

/** Where its forwarded ports are reached. */
function forwardedAddresses(bundle: Bundle | null): readonly string[] {
  return (bundle?.config.Network ?? [])
    .filter(({ Mode }) => Mode === 'Emulated')
    .flatMap(({ PortForward }) => PortForward)
    .map(({ HostAddress, HostPort }) => `${reachable(HostAddress)}:${HostPort}`)
}

/** An address to call for one that was listened on. */
export function reachable(hostAddress: string | undefined): string {
  return hostAddress === undefined || hostAddress === '' || hostAddress === '0.0.0.0' ? '127.0.0.1' : hostAddress
}

/** Why it has no snapshots at all; null when it has. */
export function snapshotObstacle(bundle: Bundle): Text | null {
  if (isApple(bundle)) return { key: 'utm.why.appleSnapshots' }
  if (bundle.config.unread.drives > 0) return { key: 'utm.why.driveUnread' }
  const disks = writableDisks(bundle)
  if (disks.length === 0) return { key: 'qemu.why.noDisk' }
  const other = disks.find((disk) => !/\.qcow2$/i.test(imagePath(bundle, disk) ?? ''))
  return other === undefined ? null : { key: 'utm.why.format', params: { file: other.ImageName ?? '' } }
}

function withheldFrom(observedState: ObservedState): Readonly<Partial<Record<Verb, Text>>> {
  const { bundle, abilities } = observedState
  const withheld: Partial<Record<Verb, Text>> = {}
  const withhold = (verbs: readonly Verb[], reason: Text | null): void => {
    if (reason === null) return
    for (const verb of verbs) withheld[verb] ??= reason
  }
  const snapshots = ['snapshot', 'restore', 'undoRestore'] as const
  const isOn = stateOf(observedState.status) !== 'stopped'
  if (bundle === null) {
    const reason = missingText(observedState.missing ?? 'unseen')
    withhold([...snapshots, 'suspend', 'discardSuspended', 'configure', 'remove', 'export'], reason)
    if (observedState.missing === 'gone') withhold(['clone', 'rename'], reason)
  } else {
    withhold(snapshots, snapshotObstacle(bundle))
    if (!abilities.images) withhold([...snapshots, 'discardSuspended'], { key: 'utm.why.noImages' })
    if (observedState.isSuspended) withhold(['remove'], { key: 'utm.why.removeSuspended' })
    if (observedState.isSuspended) withhold(snapshots, { key: 'utm.why.snapshotSuspended' })
    if (isOn && !abilities.live) withhold(snapshots, { key: 'utm.why.snapshotRunning' })
    if (isApple(bundle)) withhold(['discardSuspended'], { key: 'utm.why.appleDiscard' })
  }
  if (bundle !== null && isApple(bundle)) withhold(['copyFiles', 'runCommand'], { key: 'utm.why.appleAgent' })
  if (stateOf(observedState.status) !== 'running') withhold(['copyFiles'], { key: 'utm.why.agentOff' })
  if (isOn) {
    withhold(['clone'], { key: 'utm.why.cloneRunning' })
    withhold(['export'], { key: 'utm.why.exportRunning' })
    withhold(['rename'], { key: 'utm.why.renameRunning' })
    withhold(['remove'], { key: 'utm.why.removeRunning' })
  }
  return withheld
}

function missingText(missing: Missing): Text {
  return { key: `utm.remark.${missing}` }
}

/** Whether a disc can be put in and out by its settings. */
export function takesDisc(bundle: Bundle): boolean {
  // UTM replaces the list of drives: one that was not read would be gone.
  return !isApple(bundle) && bundle.config.unread.drives === 0 && discDrive(bundle) !== null
}
