import { basename } from 'node:path'
import { machineId } from '../../../app/domain/ids.ts'
import { isOff, type LostFile, type Machine } from '../../../app/domain/machine.ts'
import type { Text } from '../../../app/messages/text.ts'
import type { Entry, ObservedState, Problem } from './entry.ts'
import type { Settings } from './settings-file.ts'
import type { Hardware } from './settings-hardware.ts'
import { isStateGone } from './start-failure.ts'
import { meaningOf } from './states.ts'
import { withheldFrom } from './withheld.ts'

export const providerId = 'virtualbox'
export const endpointId = 'virtualbox:local'

/** A machine as the list shows it. */
export function machineOf(entry: Entry, observedState: ObservedState): Machine {
  const { settings, problem } = entry
  const meaning = meaningOf(observedState.word)
  const stateGone = meaning.state === 'suspended' && settings !== null ? stateGoneText(settings) : null
  // A machine that runs has its files open, and needs no path to them.
  const lost = isOff(meaning.state) ? lostFileOf(entry) : null
  return {
    id: machineId(providerId, entry.uuid),
    endpointId,
    kind: 'vm',
    name: settings?.name ?? entry.listedName ?? entry.uuid,
    state: problem === null ? (entry.holds.at(-1)?.state ?? meaning.state) : 'inaccessible',
    nativeState: observedState.word,
    os: settings === null ? null : osName(settings.osType),
    arch: settings === null ? null : archOf(settings.osType, settings.hardware),
    cpus: settings?.hardware.cpus ?? null,
    memoryBytes: settings?.hardware.memoryBytes ?? null,
    since: observedState.since,
    addresses: settings === null ? [] : addressesOf(settings.hardware, observedState.lostPorts),
    withheld: withheldFrom(entry, meaning.state),
    remark:
      problem === null
        ? (stateGone ?? lostText(lost) ?? meaning.remark ?? troubleText(observedState) ?? lostPortText(observedState))
        : problemText(problem),
    needsHelp: troubleText(observedState) !== null || stateGone !== null || lost !== null,
    lostFile: problem === null ? lost : { kind: 'settings', path: problem.path ?? '' },
  }
}

/** Whether VirtualBox paused a machine because a disk of this computer is full. */
export function isStoppedByFullDisk({ word, trouble }: ObservedState): boolean {
  return word === 'paused' && trouble !== null && /DISKFULL/i.test(trouble.id)
}

export function lostFileOf({ lostMedium }: Pick<Entry, 'lostMedium'>): LostFile | null {
  if (lostMedium === null) return null
  return { kind: lostMedium.kind === 'disk' ? 'disk' : 'disc', path: lostMedium.path }
}

function lostText(lost: LostFile | null): Text | null {
  return lost === null ? null : { key: 'kept.remark.missing', params: { file: basename(lost.path) } }
}

/** A saved machine whose memory is not where its settings say does not start. */
function stateGoneText(settings: Settings): Text | null {
  if (!isStateGone(settings)) return null
  return { key: 'virtualbox.remark.stateGone' }
}

/** Why VirtualBox paused a machine that nobody paused. */
function troubleText(observedState: ObservedState): Text | null {
  if (observedState.word !== 'paused' || observedState.trouble === null) return null
  if (isStoppedByFullDisk(observedState)) return { key: 'virtualbox.remark.diskFull' }
  return { key: 'virtualbox.remark.trouble', params: { said: observedState.trouble.said } }
}

/** What VirtualBox says nowhere but in a log. */
export function lostPortText({ lostPorts }: ObservedState): Text | null {
  const [port] = lostPorts
  return port === undefined ? null : { key: 'virtualbox.remark.lostPort', params: { port: String(port) } }
}

/** Why a machine is inaccessible, in a short sentence. */
export function problemText({ kind, path }: Problem): Text {
  return { key: `virtualbox.remark.${kind}`, params: { path: path ?? '' } }
}

/** `Debian12_64` as a person would write it: `Debian 12 (64-bit)`. VirtualBox's word where it is not of that kind. */
export function osName(osType: string): string {
  const match = /^(.*?)(?:_(64|arm64))?$/.exec(osType)
  const words = (match?.[1] ?? osType)
    .replaceAll('_', ' ')
    .replace(/([A-Za-z])(\d)/g, '$1 $2')
    .replace(/(\d)([A-Z])/g, '$1 $2')
    .trim()
  if (match?.[2] === undefined) return words
  return `${words} (${match[2] === '64' ? '64-bit' : 'ARM 64-bit'})`
}

export function archOf(osType: string, { architecture }: Hardware): string {
  if (architecture === 'arm') return 'aarch64'
  return osType.endsWith('_64') ? 'x86_64' : 'i386'
}

/** Where its forwarded ports are reached. */
export function addressesOf({ networks }: Hardware, lostPorts: readonly number[] = []): readonly string[] {
  return networks.flatMap(({ forwards }) =>
    forwards
      .filter(({ hostPort }) => !lostPorts.includes(hostPort))
      .map(({ hostAddress, hostPort }) => `${reachable(hostAddress)}:${hostPort}`),
  )
}

export function reachable(hostAddress: string): string {
  return hostAddress === '' || hostAddress === '0.0.0.0' ? '127.0.0.1' : hostAddress
}
