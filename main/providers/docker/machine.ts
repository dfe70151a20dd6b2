import type { EndpointId, MachineId } from '../../../app/domain/ids.ts'
import type { Machine, MachineState } from '../../../app/domain/machine.ts'
import type { Verb } from '../../../app/domain/verbs.ts'
import type { Text } from '../../../app/messages/text.ts'
import type { Container, PublishedPort } from './inspect.ts'
import { stateOf } from './states.ts'

/** Signals that a program is ended by when it went wrong: ILL, TRAP, ABRT, BUS, FPE, SEGV, SYS. */
const fatalExitCodes: readonly number[] = [132, 133, 134, 135, 136, 139, 159]

/** A service replaces its task's container after any of these. */
const bySwarm: readonly Verb[] = ['shutDown', 'powerOff', 'restart', 'restore', 'undoRestore', 'rename', 'remove']
/** A kept copy is only there to be gone back to. One that somebody started can still be stopped. */
const ofStandIn: readonly Verb[] = [
  ...(['start', 'restart', 'pause', 'resume', 'terminal', 'copyFiles'] as const),
  ...(['snapshot', 'restore', 'rename', 'configure'] as const),
]

/** What a machine needs beside its container: where it stands, and what Berth knows of it. */
export interface MachinePlace {
  readonly id: MachineId
  readonly endpointId: EndpointId
  /** Whether the engine's ports are ports of this computer. */
  readonly isLocal: boolean
  /** How the engine's computer is called by those who connect to its ports; null when it is not known. */
  readonly hostName: string | null
  /** Set when the container that stood here was removed outside and a kept copy is shown in its place. */
  readonly isStandIn: boolean
  /** Set aside by a Berth whose journal is not here. */
  readonly isAside: boolean
  /** A copy kept for an undo that somebody started: shown only as long as it runs. */
  readonly isStartedCopy: boolean
  /** Such a copy of this machine runs beside it, on the same volumes. */
  readonly hasStartedCopy: boolean
}

/** A container as every list shows it. */
export function machineOf(container: Container, place: MachinePlace): Machine {
  const state = stateOfContainer(container)
  return {
    id: place.id,
    endpointId: place.endpointId,
    kind: 'container',
    name: container.name,
    state,
    nativeState: container.word,
    os: container.image === '' ? null : container.image,
    arch: null,
    cpus: container.cpus,
    memoryBytes: container.memoryBytes,
    since: sinceOf(container, state),
    addresses: isUp(state) ? reachableAt(container, place) : [],
    withheld: withheldOf(container, place),
    remark: placeRemark(place) ?? remarkOf(container, state),
    needsHelp: false,
    lostFile: null,
  }
}

function placeRemark({ isStandIn, isAside, isStartedCopy, hasStartedCopy }: MachinePlace): Text | null {
  if (isStartedCopy) return { key: 'docker.remark.startedCopy' }
  if (hasStartedCopy) return { key: 'docker.remark.hasStartedCopy' }
  if (isStandIn) return { key: 'docker.remark.standIn' }
  return isAside ? { key: 'docker.remark.aside' } : null
}

/** A container of which only the list's line is known: it is there, but could not be read. */
export function unreadableMachine(id: string, name: string, image: string, place: MachinePlace): Machine {
  return {
    id: place.id,
    endpointId: place.endpointId,
    kind: 'container',
    name: name === '' ? id.slice(0, 12) : name,
    state: 'inaccessible',
    nativeState: '',
    os: image === '' ? null : image,
    arch: null,
    cpus: null,
    memoryBytes: null,
    since: null,
    addresses: [],
    withheld: {},
    remark: { key: 'docker.remark.unreadable' },
    needsHelp: false,
    lostFile: null,
  }
}

/** An ended container has crashed when it was killed for memory, by a fatal signal, or could not be started at all. */
export function stateOfContainer(container: Container): MachineState {
  const state = stateOf(container.word)
  if (state !== 'stopped') return state
  if (container.startError !== '' || container.outOfMemory) return 'crashed'
  return fatalExitCodes.includes(container.exitCode) ? 'crashed' : 'stopped'
}

function isUp(state: MachineState): boolean {
  return state === 'running' || state === 'paused'
}

function sinceOf(container: Container, state: MachineState): string | null {
  if (state === 'running') return container.startedAt
  // Docker does not say when a container was paused.
  if (state === 'paused') return null
  return container.finishedAt ?? container.createdAt
}

function reachableAt(container: Container, place: MachinePlace): readonly string[] {
  const ports = container.ports.map((port) => portAddress(port, place)).filter((address) => address !== null)
  return [...new Set([...ports, ...(place.isLocal ? container.addresses : [])])]
}

/** Where a published port is reached from here; null when it is open only on the engine's computer. */
export function portAddress(port: PublishedPort, place: Pick<MachinePlace, 'isLocal' | 'hostName'>): string | null {
  const { hostAddress, hostPort } = port
  if (hostPort === 0) return null
  const isAny = hostAddress === '' || hostAddress === '0.0.0.0' || hostAddress === '::'
  if (place.isLocal) {
    const address = isAny ? 'localhost' : hostAddress.includes(':') ? `[${hostAddress}]` : hostAddress
    return `${address}:${hostPort}`
  }
  if (place.hostName === null || hostAddress === '::1' || hostAddress.startsWith('127.')) return null
  return `${isAny ? place.hostName : hostAddress}:${hostPort}`
}

function withheldOf(container: Container, { isStandIn, isStartedCopy }: MachinePlace): Machine['withheld'] {
  if (container.isSwarmTask) return withheld(bySwarm, { key: 'docker.withheld.swarmTask' })
  if (isStartedCopy) {
    return withheld([...ofStandIn, 'undoRestore', 'remove'], { key: 'docker.withheld.startedCopy' })
  }
  if (isStandIn) return withheld(ofStandIn, { key: 'docker.withheld.standIn' })
  if (!container.autoRemove) return {}
  const reason: Text = { key: 'docker.withheld.autoRemove' }
  return { restore: reason, undoRestore: reason }
}

function withheld(verbs: readonly Verb[], reason: Text): Machine['withheld'] {
  return Object.fromEntries(verbs.map((verb) => [verb, reason]))
}

function remarkOf(container: Container, state: MachineState): Text | null {
  const { exitCode, health } = container
  if (state === 'running') {
    if (health === 'unhealthy') return { key: 'docker.remark.unhealthy' }
    return health === 'starting' ? { key: 'docker.remark.healthStarting' } : null
  }
  if (state === 'starting') return { key: 'docker.remark.restarting', params: { code: String(exitCode) } }
  if (state !== 'stopped' && state !== 'crashed') return null
  if (container.startedAt === null && container.startError === '') return { key: 'docker.remark.created' }
  return exitRemark(container)
}

/** How a container ended, in words; null for an ordinary end. */
export function exitRemark(container: Container): Text | null {
  const { exitCode } = container
  if (container.startError !== '') return { key: 'docker.remark.startError', params: { reason: container.startError } }
  if (container.outOfMemory) return { key: 'docker.remark.outOfMemory' }
  if (exitCode === 0) return null
  if (exitCode === 137) return { key: 'docker.remark.killed' }
  // 130 and 143 are what a program ends with that was asked to end.
  if (exitCode === 130 || exitCode === 143) return null
  if (fatalExitCodes.includes(exitCode)) {
    return { key: 'docker.remark.signal', params: { signal: String(exitCode - 128), code: String(exitCode) } }
  }
  return { key: 'docker.remark.exitCode', params: { code: String(exitCode) } }
}
