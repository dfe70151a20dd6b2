import type { StreamHandlers } from '../../app/contract/dispatch.ts'
import { failure } from '../../app/domain/errors.ts'
import type { MachineId } from '../../app/domain/ids.ts'
import type { Machine } from '../../app/domain/machine.ts'
import type { Log } from '../log.ts'
import type { Op, ScreenOps } from '../providers/provider.ts'
import { createScreen, type Screen } from '../screen/screen.ts'

const openMs = 30_000
/** Last pictures kept of screens that nobody looks at: a few megabytes each. */
const mostUnwatched = 8

/** What the screens need of the rest of main. */
export interface ScreensWorld {
  /** The screens facet of the provider a machine belongs to; null when it has none. */
  readonly screensOf: (id: MachineId) => ScreenOps | null
  readonly machine: (id: MachineId) => Machine | null
  /** Calls with every machine that changed or went. */
  readonly onMachine: (listener: (id: MachineId) => void) => () => void
  readonly now: () => Date
  readonly log: Log
}

/** Every screen that somebody looks at, and the last pictures of some that nobody looks at any more. */
export interface Screens {
  readonly attach: StreamHandlers['screen.attach']
  /** Lets go of all of them: Berth is quitting. */
  dispose(): void
}

export function createScreens(world: ScreensWorld): Screens {
  // In the order in which they were last looked at.
  const screens = new Map<string, { readonly id: MachineId; readonly screen: Screen }>()

  const drop = (key: string): void => {
    screens.get(key)?.screen.close()
    screens.delete(key)
  }
  const stopListening = world.onMachine((changed) => {
    for (const [key, { id, screen }] of [...screens]) {
      if (id !== changed) continue
      if (world.machine(id) === null && !screen.isWatched()) drop(key)
      else screen.machineChanged()
    }
  })
  const forgetOld = (): void => {
    const unwatched = [...screens].filter(([, { screen }]) => !screen.isWatched())
    for (const [key] of unwatched.slice(0, Math.max(0, unwatched.length - mostUnwatched))) drop(key)
  }

  const screenOf = (id: MachineId, consoleId: string): Screen => {
    const ops = world.screensOf(id)
    if (ops === null) throw failure('unsupported', { key: 'screen.none' })
    const key = `${id}\n${consoleId}`
    const found = screens.get(key)
    const entry = found ?? {
      id,
      screen: createScreen({
        machine: () => world.machine(id),
        open: (as, events) => ops.open(id, consoleId, as, events, operation()),
        idle: forgetOld,
        now: world.now,
        log: world.log,
      }),
    }
    screens.delete(key)
    screens.set(key, entry)
    return entry.screen
  }

  return {
    attach({ id, consoleId }, stream) {
      if (world.machine(id) === null) throw failure('not-found', { key: 'error.machineGone' })
      const viewer = screenOf(id, consoleId).attach(stream.down)
      return {
        up(frame) {
          if (frame.kind === 'shown') viewer.shown(frame.frame)
          else if (frame.kind === 'open') viewer.open(frame.takeOver)
          else viewer.input(frame)
        },
        closed: () => viewer.leave(),
      }
    },
    dispose() {
      stopListening()
      for (const key of [...screens.keys()]) drop(key)
    },
  }
}

/** Opening a screen is no task: it has no progress and writes nothing down. */
function operation(): Op {
  return { signal: AbortSignal.timeout(openMs), progress: () => {}, record: () => {} }
}
