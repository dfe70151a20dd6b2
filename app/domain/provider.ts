import type { MessageKey, Text } from '../messages/text.ts'
import type { AppError } from './errors.ts'
import type { EndpointId, HostId, ProviderId } from './ids.ts'
import type { MachineKind } from './machine.ts'
import type { Verb } from './verbs.ts'

/**
 * What a provider can do, derived from which facets its object has. Power is not among them: every provider has it.
 */
export const capabilities = [
  'reset',
  'restart',
  'pause',
  'suspend',
  'snapshots',
  'consoles',
  'screens',
  'create',
  'clone',
  'locate',
  'exporting',
  'importing',
  'rename',
  'configure',
  'remove',
  'trash',
  'stats',
  'files',
  'commands',
] as const
export type Capability = (typeof capabilities)[number]

/** One kind of file that holds a whole machine, for taking it to another computer. */
export interface ExportFormat {
  /** The provider's own word for it. */
  readonly id: string
  /** As it is known: `OVA`. Not translated. */
  readonly label: string
  /** How such a file's name ends, lower case and without the dot: `ova`. */
  readonly extension: string
}

/** What the window must know of a provider to draw it. */
export interface ProviderInfo {
  readonly id: ProviderId
  /** The product's own name: `QEMU`, `Docker`. Not translated. */
  readonly label: string
  /** The message that is its name where that is a word and no product's; `label` is then the English one. */
  readonly labelKey?: MessageKey
  readonly kind: MachineKind
  readonly capabilities: readonly Capability[]
  /** Verbs this provider never has, and the sentence saying why, shown where a person would look for them. */
  readonly unsupported: Readonly<Partial<Record<Verb, Text>>>
  /** What its machines can be exported as, best first; left out without the facet `exporting`. */
  readonly exportFormats?: readonly ExportFormat[]
  /** Ends of the names of files it can import, lower case and without the dot; left out without the facet `importing`. */
  readonly importExtensions?: readonly string[]
  /** Whether folders can be copied into and out of its machines, not only files; left out without the facet `files`. */
  readonly copiesFolders?: boolean
  /** Why snapshots of its machines that are on always hold the memory; left out where that is a choice. */
  readonly snapshotsHoldMemory?: Text
  /** Why none of its machines can be cloned linked; left out where they can, or without the facet `clone`. */
  readonly linkedCloneUnsupported?: Text
}

/**
 * ready: answers. checking: not asked yet. missing: not installed. too-old: below the floor. refused: needs a permission.
 * broken: installed but failing. not-running: its service is to be started. unreachable: did not answer in time.
 */
export const endpointStates = [
  'checking',
  'ready',
  'missing',
  'too-old',
  'refused',
  'broken',
  'not-running',
  'unreachable',
] as const
export type EndpointState = (typeof endpointStates)[number]

/** Whether an endpoint's machines are shown as last known: it answered once, and does not now. */
export function isAway({ state }: Pick<Endpoint, 'state'>): boolean {
  return state !== 'ready' && state !== 'checking'
}

/** One way to put something right: what it does, and the commands or page that do it on this system. */
export interface Remedy {
  readonly title: Text
  /** Commands to run in a terminal, in order; empty when there are none. */
  readonly commands: readonly string[]
  readonly url: string | null
}

export interface Notice {
  readonly level: 'info' | 'warning'
  readonly text: Text
}

/** One endpoint as it stands now: its state, what is known of it, and the way out of a bad state. */
export interface Endpoint {
  readonly id: EndpointId
  readonly providerId: ProviderId
  readonly hostId: HostId
  /** What the list's group is called: `QEMU`, `Docker`, `Podman`. */
  readonly label: string
  /** As a provider's. */
  readonly labelKey?: MessageKey
  readonly state: EndpointState
  readonly version: string | null
  /** Where it is: a path, a context, a socket. Mono, not translated. */
  readonly place: string | null
  /** Why it is not ready; null when it is. */
  readonly error: AppError | null
  readonly remedies: readonly Remedy[]
  readonly notices: readonly Notice[]
  /** When this state began, ISO 8601 UTC. */
  readonly since: string
}

/** A computer that machines run on. */
export interface HostInfo {
  readonly id: HostId
  /** `null` for this computer, which the window names in the person's language. */
  readonly label: string | null
  /** `local`, or how it is reached: `ssh://user@host`. */
  readonly address: string | null
}
