import { join } from 'node:path'
import type { Dispatcher } from '../app/contract/dispatch.ts'
import { createDispatcher } from '../app/contract/dispatch.ts'
import { errorOf } from '../app/domain/errors.ts'
import { type MachineId, parseId } from '../app/domain/ids.ts'
import { taskOf } from '../app/domain/permit.ts'
import { localeFor } from '../app/messages/write.ts'
import { openSource } from './console/open.ts'
import type { Core, Desktop } from './core.ts'
import { createToolFinder } from './exec/find-tool.ts'
import { createRunner } from './exec/run.ts'
import { createHandlers } from './handlers.ts'
import type { Log } from './log.ts'
import type { Paths } from './paths.ts'
import { providerEntries } from './providers/index.ts'
import type { Host, Provider } from './providers/provider.ts'
import { openActivity } from './services/activity.ts'
import { openAnnotations } from './services/annotations.ts'
import { createAttention } from './services/attention.ts'
import { createConsoles } from './services/consoles.ts'
import { createFileGuard } from './services/file-guard.ts'
import { createFilesInUse } from './services/files-in-use.ts'
import { createInventory } from './services/inventory.ts'
import { createQuitService } from './services/quit.ts'
import { createScreens, lookAtScreen } from './services/screens.ts'
import { createSnapshotPictures } from './services/snapshot-pictures.ts'
import { createStats } from './services/stats.ts'
import { createTasks } from './services/tasks.ts'
import { createTrash } from './services/trash.ts'
import type { SettingsStore } from './settings.ts'
import type { StateProblems } from './state/problems.ts'

export interface Assembled {
  readonly core: Core
  readonly dispatcher: Dispatcher
  /** Begins to look for machines, once. Windows may connect before: they are told as things are found. */
  readonly start: () => void
  /** Finishes what is under way and lets go of everything; machines run on. */
  readonly stop: () => Promise<void>
}

export interface AssembleOptions {
  readonly paths: Paths
  readonly log: Log
  readonly settings: SettingsStore
  readonly problems: StateProblems
  readonly desktop: Desktop
  readonly mock: boolean
  /** The system's language, for settings that follow it. */
  readonly systemLocale: () => string
}

/** What a system that goes down, or a signal, leaves for machines that run inside Berth. */
const rescueMs = 10_000

/** Builds every object of main and joins them: the only place that does, for both ways in. */
export function assemble({ paths, log, settings, problems, desktop, mock, systemLocale }: AssembleOptions): Assembled {
  const now = (): Date => new Date()
  const exec = createRunner(log)
  const tools = createToolFinder({
    exec,
    toolPaths: () => settings.get().toolPaths,
    platform: process.platform,
    env: process.env,
  })
  const attention = createAttention((error) => log.error('attention.listener', { error }))
  const hostOf = (id: string): Host => ({
    exec,
    findTool: tools.findTool,
    findTools: tools.findTools,
    now,
    dataDir: join(paths.data, id),
    cacheDir: join(paths.cache, id),
    runtimeDir: join(paths.runtime, id),
    log,
    settings: settings.get,
    platform: process.platform,
    locale: () => localeFor(settings.get().locale, systemLocale()),
    attention,
    problems,
  })
  const providers: readonly Provider[] = providerEntries({ mock }, process.env).map(({ id, create }) =>
    create(hostOf(id)),
  )

  const annotations = openAnnotations(paths.data, log, problems)
  const activity = openActivity(paths.data, log, now, problems)
  const inventory = createInventory(providers, annotations.all(), { cacheDir: paths.cache, log, now })
  const tasks = createTasks({ inventory, log, now })
  const stats = createStats(inventory, log)
  const filesInUse = createFilesInUse(providers, log)
  const fileGuard = createFileGuard(filesInUse, inventory.machine)
  const trash = createTrash(providers, log)
  const onMachine = (listener: (id: MachineId) => void) =>
    inventory.onChanged(({ upserts, removed }) => {
      for (const { id } of upserts) listener(id)
      for (const id of removed) listener(id)
    })
  const consoles = createConsoles({
    consolesOf: (id) => inventory.providerOf(id).consoles ?? null,
    machine: inventory.machine,
    onMachine,
    open: openSource,
    scrollbackLines: () => settings.get().terminal.scrollbackLines,
    changed: (session) => dispatcher.publish('console.changed', session),
    closed: (sessionId) => dispatcher.publish('console.closed', { sessionId }),
    now,
    log,
  })
  const screens = createScreens({
    screensOf: (id) => inventory.providerOf(id).screens ?? null,
    machine: inventory.machine,
    onMachine,
    now,
    log,
  })
  const snapshotPictures = createSnapshotPictures({
    folder: join(paths.data, 'pictures'),
    currentPicture: screens.currentPicture,
    capture: lookAtScreen(inventory, screens),
    isBusy: (id) => taskOf(tasks.list(), id) !== null,
    kept: (machineId) => dispatcher.publish('snapshots.changed', { machineId }),
    log,
  })
  const quitting = createQuitService({ inventory, tasks, consoles, settings: settings.get })

  const core: Core = {
    inventory,
    tasks,
    activity,
    annotations,
    attention,
    consoles,
    screens,
    snapshotPictures,
    stats,
    trash,
    fileGuard,
    quitting,
    settings,
    problems,
    tools,
    desktop,
    dataPath: paths.data,
  }
  const dispatcher: Dispatcher = createDispatcher(
    createHandlers(core),
    {
      refused: (why) => log.warn('wire.refused', { why }),
      bug: (name, error) => log.error('handler.bug', { name, error }),
    },
    attention.setViewers,
  )

  attention.onChanged(stats.setVisible)
  inventory.onChanged((change) => dispatcher.publish('inventory.changed', change))
  inventory.onSnapshots((machineId) => dispatcher.publish('snapshots.changed', { machineId }))
  inventory.onFiles(filesInUse.changed)
  inventory.onChanged(({ upserts, removed }) => {
    const ids = [...upserts.map(({ id }) => id), ...removed]
    for (const provider of new Set(ids.map((id) => parseId(id)?.provider ?? ''))) filesInUse.changed(provider)
  })
  inventory.onTrash(() => {
    void trash.list().then(({ length }) => dispatcher.publish('trash.changed', { count: length }))
  })
  settings.onChanged((next) => dispatcher.publish('settings.changed', next))
  problems.onChanged((notices) => dispatcher.publish('notices.changed', notices))
  tasks.onCleared((ids) => dispatcher.publish('task.cleared', ids))
  tasks.onChanged((task) => {
    activity.note(task, tasks.commands(task.id) ?? [])
    consoles.taskChanged(task)
    dispatcher.publish('task.changed', task)
  })

  let isStarted = false
  return {
    core,
    dispatcher,
    start() {
      if (isStarted) return
      isStarted = true
      log.info('start', { version: desktop.appVersion, shell: desktop.shell, providers: providers.map(({ id }) => id) })
      inventory.start().catch((error: unknown) => log.error('inventory.start', { error }))
    },
    async stop() {
      // Whoever begins late finds that it is over.
      isStarted = true
      // Nothing is left to do here when the person was asked before.
      await quitting.suspendBeforeExit(rescueMs)
      await tasks.stop()
      await activity.stop()
      stats.stop()
      await consoles.dispose()
      screens.dispose()
      await inventory.stop()
      for (const provider of providers) {
        await provider
          .dispose()
          .catch((error: unknown) => log.error('provider.dispose', { provider: provider.id, error: errorOf(error) }))
      }
      log.info('stop')
    },
  }
}
