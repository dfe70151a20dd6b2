import type { Handlers } from '../app/contract/dispatch.ts'
import { failure } from '../app/domain/errors.ts'
import type { Core } from './core.ts'
import { makingHandlers } from './handlers/create.ts'
import { machineHandlers } from './handlers/machines.ts'
import { programHandlers } from './handlers/program.ts'
import { snapshotHandlers } from './handlers/snapshots.ts'

/** Every call and stream of the contract: one that is forgotten does not compile. */
export function createHandlers(core: Core): Handlers {
  const { tasks, activity, consoles, screens, stats } = core
  return {
    calls: {
      ...programHandlers(core),
      ...machineHandlers(core),
      ...makingHandlers(core),
      ...snapshotHandlers(core),

      'task.list': async () => tasks.list(),
      'task.cancel': async ({ taskId }) => tasks.cancel(taskId),
      'task.commands': async ({ taskId }) => {
        const commands = tasks.commands(taskId) ?? (await activity.commands(taskId))
        if (commands === null) throw failure('not-found', { key: 'task.gone' })
        return commands
      },
      'task.clear': async () => tasks.clear(),
      'activity.list': async (query) => activity.list(query),

      'console.options': ({ id }) => consoles.options(id),
      'console.open': (request) => consoles.open(request),
      'console.openWindow': async ({ id, consoleId }) => {
        // Throws where the machine is gone: an empty window would explain nothing.
        core.inventory.providerOf(id)
        await core.desktop.openConsoleWindow({ machineId: id, consoleId })
      },
      'console.openHost': async (request) => consoles.openHost(request),
      'console.list': async () => consoles.list(),
      'console.close': ({ sessionId }) => consoles.close(sessionId),
      'console.reopen': async ({ sessionId }) => consoles.reopen(sessionId),
      'console.foreground': ({ sessionId }) => consoles.foreground(sessionId),
    },
    streams: {
      'console.attach': consoles.attach,
      'screen.attach': screens.attach,
      'stats.watch': (_nothing, stream) => {
        const { view, close } = stats.watch(stream.down)
        return { up: ({ ids, closeIds }) => view(ids, closeIds), closed: close }
      },
    },
  }
}
