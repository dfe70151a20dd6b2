import type { ConsoleOption, Session } from '../domain/console.ts'
import type { MachineDetails } from '../domain/details.ts'
import type { SessionId, TaskId } from '../domain/ids.ts'
import type { LocatePlan } from '../domain/machine.ts'
import type { Notice } from '../domain/provider.ts'
import type { Settings } from '../domain/settings.ts'
import type { RestoreRoom, SnapshotTree } from '../domain/snapshot.ts'
import type { CreateOptions, ImageInspection, ImportSummary, MachineConfiguration } from '../domain/spec.ts'
import type { Stats } from '../domain/stats.ts'
import type { License, SystemInfo } from '../domain/system.ts'
import type { CommandRecord, Task } from '../domain/task.ts'
import type { PurgePlan, RemovalPlan, TrashItem } from '../domain/trash.ts'
import { call, feed, stream } from './kinds.ts'
import * as v from './validators.ts'
import type {
  ActivityEntry,
  BrowseResult,
  ConsoleDown,
  Inventory,
  InventoryChange,
  QuitPlan,
  ScreenDown,
  SessionsView,
  SnapshotPicture,
  SnapshotsChanged,
} from './views.ts'

/**
 * Everything the window can ask of main. The names are the channel names, handler keys, log labels and test titles.
 * What takes time answers with a TaskId at once; its outcome arrives on `task.changed`.
 */
export const calls = {
  'system.get': call<SystemInfo>()(v.nothing),
  /** Berth's own licence first, then those of everything in the program by name. Fails where the program was not built. */
  'system.licenses': call<readonly License[]>()(v.nothing),
  'settings.get': call<Settings>()(v.nothing),
  /** A deep partial of the settings; the answer is the whole as it is now. */
  'settings.set': call<Settings>()(v.settingsRequest),

  'inventory.get': call<Inventory>()(v.nothing),
  /** Probes and lists again; null endpoints means all. Settles when the feed has been told. */
  'inventory.refresh': call<void>()(v.nothing),
  'endpoint.check': call<void>()(v.byEndpoint),
  /** Says where a tool is when it is not found by itself; null forgets it. */
  'tool.setPath': call<void>()(v.toolPathRequest),

  'machine.details': call<MachineDetails>()(v.byMachine),
  /** The last lines a machine said (log or serial console), as plain text; null when nothing is kept. */
  'machine.output': call<string | null>()(v.byMachine),
  /** The machine's settings as they are now, and which of them can be changed. */
  'machine.configuration': call<MachineConfiguration>()(v.byMachine),
  /** Looks at one machine afresh and settles when the feed has been told. */
  'machine.check': call<void>()(v.byMachine),
  'machine.start': call<TaskId>()(v.byMachine),
  'machine.shutDown': call<TaskId>()(v.byMachine),
  'machine.powerOff': call<TaskId>()(v.byMachine),
  'machine.reset': call<TaskId>()(v.byMachine),
  'machine.restart': call<TaskId>()(v.byMachine),
  'machine.pause': call<TaskId>()(v.byMachine),
  'machine.resume': call<TaskId>()(v.byMachine),
  'machine.suspend': call<TaskId>()(v.byMachine),
  'machine.discardSuspended': call<TaskId>()(v.byMachine),
  'machine.rename': call<TaskId>()(v.renameRequest),
  'machine.configure': call<TaskId>()(v.configureRequest),
  'machine.clone': call<TaskId>()(v.cloneRequest),
  /** Writes the machine to a new file that can be taken elsewhere. */
  'machine.export': call<TaskId>()(v.exportRequest),
  /** Copies a file or folder of this computer into a folder of the machine. */
  'machine.sendFiles': call<TaskId>()(v.sendFilesRequest),
  /** Copies a file or folder of the machine to a new one of this computer. */
  'machine.fetchFiles': call<TaskId>()(v.fetchFilesRequest),
  /** Runs a program in the machine to its end; what it says is the task's output. */
  'machine.runCommand': call<TaskId>()(v.runCommandRequest),
  /** Fails when the file is not the one that the machine misses, or when another machine uses it. */
  'machine.locatePlan': call<LocatePlan>()(v.locatePlanRequest),
  'machine.locate': call<TaskId>()(v.locateRequest),
  'machine.annotate': call<void>()(v.annotateRequest),
  'machine.removalPlan': call<RemovalPlan>()(v.byMachine),
  'machine.remove': call<TaskId>()(v.removeRequest),

  'create.options': call<CreateOptions>()(v.byEndpoint),
  /** The equivalent command lines, one per element, without running anything. */
  'create.preview': call<readonly string[]>()(v.createRequest),
  'create.run': call<TaskId>()(v.createRequest),
  /** What a file for `create.import` holds; null where the provider cannot tell beforehand. */
  'create.inspect': call<ImportSummary | null>()(v.inspectRequest),
  'create.inspectImage': call<ImageInspection>()(v.inspectImageRequest),
  'create.import': call<TaskId>()(v.importRequest),

  'trash.list': call<readonly TrashItem[]>()(v.nothing),
  'trash.recover': call<TaskId>()(v.byTrash),
  'trash.purgePlan': call<PurgePlan>()(v.byTrash),
  'trash.purge': call<TaskId>()(v.purgeRequest),

  'snapshot.tree': call<SnapshotTree>()(v.byMachine),
  'snapshot.take': call<TaskId>()(v.takeSnapshotRequest),
  'snapshot.edit': call<TaskId>()(v.editSnapshotRequest),
  'snapshot.delete': call<TaskId>()(v.bySnapshots),
  /** What restoring needs and what is free; null when that is not known or nothing to speak of is needed. */
  'snapshot.room': call<RestoreRoom | null>()(v.bySnapshot),
  /** What its machine's screen showed when it was taken; null when there is no picture of it. */
  'snapshot.picture': call<SnapshotPicture | null>()(v.bySnapshot),
  'snapshot.restore': call<TaskId>()(v.bySnapshot),
  /** Undoes a restore, or redoes what was undone: the record's direction says which. */
  'restore.undo': call<TaskId>()(v.byRestore),
  /** The kept copy becomes an ordinary snapshot and the record goes. */
  'restore.keep': call<TaskId>()(v.keepRestoreRequest),
  /** The kept copy is deleted and the record goes: the restore can no longer be undone. */
  'restore.letGo': call<TaskId>()(v.byRestore),

  'task.list': call<readonly Task[]>()(v.nothing),
  'task.cancel': call<void>()(v.byTask),
  'task.commands': call<readonly CommandRecord[]>()(v.byTask),
  /** Forgets finished tasks (the activity keeps them). */
  'task.clear': call<void>()(v.nothing),
  'activity.list': call<readonly ActivityEntry[]>()(v.activityRequest),

  'console.options': call<readonly ConsoleOption[]>()(v.byMachine),
  /** Opens a session, or finds the open one of a console that has only one line (serial). */
  'console.open': call<SessionId>()(v.openConsoleRequest),
  /** A new terminal with a shell of this computer. */
  'console.openHost': call<SessionId>()(v.openHostRequest),
  'console.list': call<SessionsView>()(v.nothing),
  /** One machine's console in a window of its own, or that window brought to the front. A page in a browser opens it itself. */
  'console.openWindow': call<void>()(v.consoleWindowRequest),
  /** Ends the session and what runs in it. Hiding a tab does not. */
  'console.close': call<void>()(v.bySession),
  /** Opens an ended session again, in the same tab, its text kept. */
  'console.reopen': call<void>()(v.bySession),
  /** The command running in the session's foreground, for the question before closing; null when idle or not known. */
  'console.foreground': call<string | null>()(v.bySession),

  /** Native file dialog; null when cancelled. `unsupported` where there is none (the web way in uses files.browse). */
  'files.pick': call<string | null>()(v.pickRequest),
  'files.browse': call<BrowseResult>()(v.browseRequest),
  'files.reveal': call<void>()(v.revealRequest),
  'link.open': call<void>()(v.externalRequest),

  'quit.plan': call<QuitPlan>()(v.nothing),
  'quit.run': call<void>()(v.quitRequest),
} as const

/** What main says by itself. Feeds carry changes, never orders. */
export const feeds = {
  'inventory.changed': feed<InventoryChange>(),
  'task.changed': feed<Task>(),
  'task.cleared': feed<readonly TaskId[]>(),
  'snapshots.changed': feed<SnapshotsChanged>(),
  'trash.changed': feed<{ readonly count: number }>(),
  'console.changed': feed<Session>(),
  'console.closed': feed<{ readonly sessionId: SessionId }>(),
  'settings.changed': feed<Settings>(),
  /** What a person should know about Berth's own files, all of it. */
  'notices.changed': feed<readonly Notice[]>(),
  /** The person asked to quit and something would change or end: the window shows the plan and answers with quit.run. */
  'quit.asked': feed<QuitPlan>(),
  /** A choice made in the native menu: the window carries it out as if its shortcut had been pressed. */
  'menu.chosen': feed<{ readonly item: string }>(),
} as const

export const streams = {
  /** A terminal: what was said before, then bytes as they come. Main waits when too much is unacknowledged. */
  'console.attach': stream<ConsoleDown>()(v.attachRequest, v.consoleUp),
  /** A machine's screen: how it stands, the whole of it once, then what changes, as fast as this viewer has it shown. */
  'screen.attach': stream<ScreenDown>()(v.attachScreenRequest, v.screenUp),
  /** Figures, at most each 2 s, for the machines named last: those in view. */
  'stats.watch': stream<readonly Stats[]>()(v.nothing, v.statsUp),
} as const

export type Calls = typeof calls
export type Feeds = typeof feeds
export type Streams = typeof streams
export type CallName = keyof Calls
export type FeedName = keyof Feeds
export type StreamName = keyof Streams
