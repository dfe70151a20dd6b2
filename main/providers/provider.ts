import type { ConsoleOption } from '../../app/domain/console.ts'
import type { MachineDetails } from '../../app/domain/details.ts'
import type { EndpointId, MachineId, ProviderId, SnapshotId } from '../../app/domain/ids.ts'
import type { Machine, MachineKind } from '../../app/domain/machine.ts'
import type { Capability, Endpoint, ExportFormat, HostInfo } from '../../app/domain/provider.ts'
import type { Settings } from '../../app/domain/settings.ts'
import type { RestoreRoom, SnapshotTree } from '../../app/domain/snapshot.ts'
import type {
  ConfigureSpec,
  CreateOptions,
  CreateSpec,
  ImportSummary,
  MachineConfiguration,
} from '../../app/domain/spec.ts'
import type { Stats } from '../../app/domain/stats.ts'
import type { CommandRecord, Progress } from '../../app/domain/task.ts'
import type { RemovalPlan, TrashItem } from '../../app/domain/trash.ts'
import type { Verb } from '../../app/domain/verbs.ts'
import type { MessageKey, Text } from '../../app/messages/text.ts'
import type { Locale } from '../../app/messages/write.ts'
import type { ConsoleTarget } from '../console/target.ts'
import type { Runner } from '../exec/command.ts'
import type { ImageFormat } from '../images/first-bytes.ts'
import type { Log } from '../log.ts'
import type { ScreenEvents, ScreenSource } from '../screen/source.ts'
import type { StateProblems } from '../state/problems.ts'

/**
 * What one piece of work is given: how it is told to stop, where it says how far it is, and where the commands it runs are
 * written down for the person to read. Every method honours `signal`.
 */
export interface Op {
  readonly signal: AbortSignal
  progress(step: Progress): void
  record(command: CommandRecord): void
}

/**
 * What Berth gives every provider: processes, tools, time and disk are reached through it alone, so that a test can replace
 * them.
 */
export interface Host {
  readonly exec: Runner
  /** Path of a tool by its name, from the settings, PATH and the system's usual folders; null when it is not installed. */
  readonly findTool: (name: string) => Promise<string | null>
  /** Every executable on those paths whose name begins with `prefix`, by name; for `qemu-system-*`. */
  readonly findTools: (prefix: string) => Promise<ReadonlyMap<string, string>>
  readonly now: () => Date
  /** Berth's own folder for this provider's machines; made by the provider when first needed. */
  readonly dataDir: string
  /** Folder for what may be lost at any time (verdicts of boot tests, thumbnails). */
  readonly cacheDir: string
  /**
   * A short folder for sockets (a UNIX socket's path holds about 100 bytes), private to this person; emptied by a reboot.
   */
  readonly runtimeDir: string
  readonly log: Log
  readonly settings: () => Settings
  readonly platform: NodeJS.Platform
  /** The language a guest of Berth's own speaks to the person; left out where nobody says, English. */
  readonly locale?: () => Locale
  /** Left out where nobody says: then somebody always looks. */
  readonly attention?: Attention
  /** Where it is said that one of Berth's own files cannot be read. Left out where nobody looks. */
  readonly problems?: StateProblems
}

/** Whether anybody looks at the list. What a provider asks only to keep it fresh, it leaves while nobody does. */
export interface Attention {
  readonly isWatched: () => boolean
  readonly onChanged: (listener: (isWatched: boolean) => void) => () => void
}

/** What a provider noticed by itself. */
export type ProviderChange =
  /** Endpoints may have come, gone or changed state: probe again. */
  | { readonly kind: 'endpoints' }
  /** Something about this endpoint's machines changed, and which is not known: list again. */
  | { readonly kind: 'list'; readonly endpointId: EndpointId }
  /** This machine is now as given: the tool said so itself, nobody need ask again. */
  | { readonly kind: 'upsert'; readonly machine: Machine }
  | { readonly kind: 'removed'; readonly id: MachineId }
  /** The machine's snapshots, restores or kept copies changed. */
  | { readonly kind: 'snapshots'; readonly id: MachineId }
  | { readonly kind: 'trash' }

/** Files of this computer that one machine uses, as its description names them. */
export interface MachineFiles {
  readonly machineId: MachineId
  readonly name: string
  readonly isInTrash: boolean
  /** Folder that moves and goes with the machine; null when it has none of its own. */
  readonly folder: string | null
  /**
   * Disks, discs and saved memory. What an image stands on need not be named where its header does: `format` is what the image
   * is opened as, null where only its first bytes tell.
   */
  readonly files: readonly {
    readonly path: string
    readonly access: 'write' | 'read'
    readonly format: ImageFormat | null
  }[]
  /** False when its description is missing or cannot be read: it may use any file. */
  readonly isComplete: boolean
}

/**
 * One vendor's machines behind the same verbs as everyone's.
 *
 * - Methods may be called at the same time for different machines; the task service serialises them per machine.
 * - `start` on a running machine and a stop on a stopped one succeed silently.
 * - A promise settles when the tool confirms and a fresh look at the state agrees. An exit code alone proves nothing.
 * - A timeout means "unknown", never "gone". Every method throws only `Failure`s and honours `op.signal` by throwing
 *   `cancelled`, leaving the machine as it was or saying what is left.
 * - Machines are identified by the tool's stable key, never by name.
 * - Facets are absent where the tool cannot do the thing: no method exists only to throw. What one machine cannot do though
 *   its provider can is in `Machine.withheld`.
 */
export interface Provider extends Partial<Facets> {
  readonly id: ProviderId
  /** The product's own name, not translated. */
  readonly label: string
  /** Its name where that is a word and no product's, which is translated; `label` is then the English one. */
  readonly labelKey?: MessageKey
  readonly kind: MachineKind
  /** Its machines run inside Berth and cannot outlive it: they are suspended or shut down before Berth ends. */
  readonly endsWithBerth?: true
  /** Why a verb is absent, where a person would look for it. Verbs that are merely absent get a general sentence. */
  readonly unsupported: Readonly<Partial<Record<Verb, Text>>>
  readonly power: PowerOps
  /** Cheap: is the tool there, does it answer. An absent tool is a state, not an exception. */
  probe(op: Op): Promise<ProbeResult>
  /** All machines of one endpoint. One unreadable machine is `inaccessible`; it does not fail the list. */
  list(endpointId: EndpointId, op: Op): Promise<readonly Machine[]>
  /** One machine, looked at afresh; null when the tool says that it does not exist. */
  read(id: MachineId, op: Op): Promise<Machine | null>
  details(id: MachineId, op: Op): Promise<MachineDetails>
  /**
   * The files of every machine, those in the trash included; left out where machines have no files on this computer. Reads
   * descriptions only, starts no tool, and throws when it cannot be told which machines there are.
   */
  usedFiles?(op: Op): Promise<readonly MachineFiles[]>
  /** Says what changed, from now until the returned function is called. Reconnects by itself. */
  watch(changed: (change: ProviderChange) => void): () => void
  /**
   * Called once at start, before anything else: finds work that an earlier run left half done and finishes it, takes it back
   * or marks it so that it is seen. Never throws away what cannot be made again.
   */
  recover(op: Op): Promise<void>
  /** Berth is quitting: let go of sockets and helper processes. Machines run on. */
  dispose(): Promise<void>
}

export interface ProbeResult {
  readonly hosts: readonly HostInfo[]
  readonly endpoints: readonly Endpoint[]
}

export interface PowerOps {
  /** From stopped, crashed or suspended to running. Settles when it runs, not when its system has booted. */
  start(id: MachineId, op: Op): Promise<void>
  /**
   * Asks the guest to shut down and waits, however long, until it is off or `op.signal` ends the wait; tells the wait through
   * `progress.wait`. Never powers off by itself; where the tool does (Docker), `wait.killsAtLimit` says so.
   */
  shutDown(id: MachineId, op: Op): Promise<void>
  /** At once, like pulling the plug. */
  powerOff(id: MachineId, op: Op): Promise<void>
}
export interface ResetOps {
  reset(id: MachineId, op: Op): Promise<void>
}
export interface RestartOps {
  restart(id: MachineId, op: Op): Promise<void>
}
export interface PauseOps {
  pause(id: MachineId, op: Op): Promise<void>
  resume(id: MachineId, op: Op): Promise<void>
}
export interface SuspendOps {
  suspend(id: MachineId, op: Op): Promise<void>
  /** Throws the kept memory away; the disks stay as they are. Resuming is `power.start`. */
  discard(id: MachineId, op: Op): Promise<void>
}
export interface SnapshotOps {
  /** Why a snapshot of a machine that is on always holds its memory; left out where `take` leaves it out when asked to. */
  readonly alwaysMemory?: Text
  tree(id: MachineId, op: Op): Promise<SnapshotTree>
  /**
   * `memory` is asked for only on a running or paused machine. Without it, what is kept is what the disks hold at one moment, as after a
   * power cut, and going back to it boots a machine that ran.
   */
  take(id: MachineId, request: { name: string; description: string; memory: boolean }, op: Op): Promise<SnapshotId>
  edit(id: MachineId, snapshotId: SnapshotId, change: { name: string; description: string }, op: Op): Promise<void>
  /** Deletes one; its children keep their state and move to its parent. */
  delete(id: MachineId, snapshotId: SnapshotId, op: Op): Promise<void>
  /**
   * A transaction: verify, keep the present as a copy, write the record, go back, verify. On any failure the machine is as it
   * was, or the record says which copy holds it.
   */
  restore(id: MachineId, snapshotId: SnapshotId, op: Op): Promise<void>
  /**
   * Whether `restore`, or the undo that goes back to a kept copy, would find room, by the same rule; null when that cannot be
   * told or next to nothing is needed. Absent where the tool never says. Cheap: asked for whenever a snapshot is looked at.
   */
  room?(id: MachineId, snapshotId: SnapshotId, op: Op): Promise<RestoreRoom | null>
  /** Goes back to a record's kept copy by the same transaction; the record then points the other way. */
  undo(id: MachineId, restoreId: string, op: Op): Promise<void>
  /** Makes a record's copy a snapshot of this name, and drops the record. */
  keep(id: MachineId, restoreId: string, name: string, op: Op): Promise<void>
  letGo(id: MachineId, restoreId: string, op: Op): Promise<void>
}
export interface ConsoleOps {
  /** Best first. Cheap: no process for a list that has not changed. */
  options(id: MachineId, op: Op): Promise<readonly ConsoleOption[]>
  /** How to reach a console; what opens it is `main/console`. */
  target(
    id: MachineId,
    consoleId: string,
    as: { readonly user: string | null; readonly folder: string | null },
    op: Op,
  ): Promise<ConsoleTarget>
  /**
   * The last `lines` lines of the log or serial console, escape sequences taken out, for the preview on the machine's page;
   * null when nothing is kept. Cheap: asked for every few seconds while that page shows.
   */
  tail(id: MachineId, lines: number, op: Op): Promise<string | null>
}
export interface ScreenOps {
  /**
   * Opens a screen that `consoles.options` lists. Settles once it is there, having said its mode or about to. `takeOver`: a
   * person wants it although another program has it. Throws `unsupported` when this machine has none and never will.
   */
  open(
    id: MachineId,
    consoleId: string,
    as: { readonly takeOver: boolean },
    events: ScreenEvents,
    op: Op,
  ): Promise<ScreenSource>
}
export interface CreateOps {
  options(endpointId: EndpointId, op: Op): Promise<CreateOptions>
  /** The equivalent command lines. Pure but for looking up tools. */
  preview(spec: CreateSpec, op: Op): Promise<readonly string[]>
  /** Makes it, whole or not at all; does not start it (the task does, when the spec asks). */
  create(spec: CreateSpec, op: Op): Promise<MachineId>
}
export interface CloneOps {
  /** Why it never makes a linked clone; left out where it does, as far as a machine and its disks allow. */
  readonly linkedCloneUnsupported?: Text
  clone(
    id: MachineId,
    request: { readonly name: string; readonly mode: 'full' | 'linked'; readonly snapshotId: SnapshotId | null },
    op: Op,
  ): Promise<MachineId>
}
export interface LocateOps {
  /** Whether `path` is the file that the machine's `lostFile` misses. Fails with `invalid-input` when it is another. Changes nothing. */
  check(id: MachineId, path: string, op: Op): Promise<void>
  /** Has the machine use its `lostFile` at `path` from now on, after the same check. The file itself is left alone. */
  locate(id: MachineId, path: string, op: Op): Promise<void>
}
export interface ExportOps {
  /** Best first; never empty. */
  readonly formats: readonly ExportFormat[]
  /**
   * Writes a machine to a file of that format, whole or not at all. `path` is absolute, its folder is there and nothing has
   * its name: what came there meanwhile is `already-exists`, never overwritten.
   */
  export(id: MachineId, request: { readonly path: string; readonly format: ExportFormat['id'] }, op: Op): Promise<void>
}
export interface ImportOps {
  /** Ends of file names, lower case and without the dot. */
  readonly extensions: readonly string[]
  /** What a file holds, without making anything. Left out where that cannot be told. */
  inspect?(path: string, op: Op): Promise<ImportSummary>
  /** Makes a machine from a file, whole or not at all, and leaves the file alone. A null name is the file's own. */
  import(
    endpointId: EndpointId,
    request: { readonly path: string; readonly name: string | null },
    op: Op,
  ): Promise<MachineId>
}
export interface RenameOps {
  rename(id: MachineId, name: string, op: Op): Promise<void>
}
export interface ConfigureOps {
  /** The settings as they are now, and which of them `configure` takes. */
  read(id: MachineId, op: Op): Promise<MachineConfiguration>
  configure(id: MachineId, changes: ConfigureSpec, op: Op): Promise<void>
}
export interface RemoveOps {
  plan(id: MachineId, op: Op): Promise<RemovalPlan>
  /** Into the trash where the provider has one (returns the item's id), for good otherwise (returns null). */
  remove(id: MachineId, request: { readonly volumes: readonly string[] }, op: Op): Promise<string | null>
}
export interface TrashOps {
  list(op: Op): Promise<readonly TrashItem[]>
  recover(trashId: string, op: Op): Promise<MachineId>
  purge(trashId: string, op: Op): Promise<void>
}
export interface FileOps {
  /** Whether folders can be copied as well as files. */
  readonly folders: boolean
  /**
   * Copies a file or folder of this computer (`path`, absolute) into the folder `folder` of the machine, under its own name.
   * Refuses with `already-exists` what is there under that name. Broken off, it may leave a part there, which is not taken away.
   */
  send(id: MachineId, request: { readonly path: string; readonly folder: string }, op: Op): Promise<void>
  /**
   * Copies `inside`, a file or folder of the machine, to `path`, whole or not at all. `path` is absolute, its folder is there
   * and nothing has its name: what came there meanwhile is `already-exists`, never overwritten.
   */
  fetch(id: MachineId, request: { readonly inside: string; readonly path: string }, op: Op): Promise<void>
}
export interface CommandOps {
  /** Runs a program in the machine to its end, with its output in what it records, and returns its exit code. */
  run(id: MachineId, command: readonly string[], op: Op): Promise<number>
}
export interface StatsOps {
  /** Figures of these machines now; those that cannot be told are left out. Rates are since the previous call. */
  read(ids: readonly MachineId[], op: Op): Promise<readonly Stats[]>
}

export interface Facets {
  readonly reset: ResetOps
  readonly restart: RestartOps
  readonly pause: PauseOps
  readonly suspend: SuspendOps
  readonly snapshots: SnapshotOps
  readonly consoles: ConsoleOps
  readonly screens: ScreenOps
  readonly create: CreateOps
  readonly clone: CloneOps
  readonly locate: LocateOps
  readonly exporting: ExportOps
  readonly importing: ImportOps
  readonly rename: RenameOps
  readonly configure: ConfigureOps
  readonly remove: RemoveOps
  readonly trash: TrashOps
  readonly stats: StatsOps
  readonly files: FileOps
  readonly commands: CommandOps
}

/** Exhaustive by type: a facet that is not a capability, or the reverse, does not compile. */
const facets: Readonly<Record<Capability & keyof Facets, true>> & Record<Exclude<Capability, keyof Facets>, never> = {
  reset: true,
  restart: true,
  pause: true,
  suspend: true,
  snapshots: true,
  consoles: true,
  screens: true,
  create: true,
  clone: true,
  locate: true,
  exporting: true,
  importing: true,
  rename: true,
  configure: true,
  remove: true,
  trash: true,
  stats: true,
  files: true,
  commands: true,
}

/** What a provider can do, read off which facets it has. */
export function capabilitiesOf(provider: Provider): readonly Capability[] {
  return (Object.keys(facets) as Capability[]).filter((name) => provider[name] !== undefined)
}

export type ProviderFactory = (host: Host) => Provider
