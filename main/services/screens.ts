import type { StreamHandlers } from '../../app/contract/dispatch.ts'
import { failure } from '../../app/domain/errors.ts'
import type { MachineId } from '../../app/domain/ids.ts'
import type { Machine } from '../../app/domain/machine.ts'
import type { Log } from '../log.ts'
import type { Op, ScreenOps } from '../providers/provider.ts'
import type { Picture } from '../screen/frame.ts'
import { createScreen, type Screen } from '../screen/screen.ts'
import type { InventoryService } from './inventory.ts'

const openMs = 30_000
/** For one look at a screen: to open it, and how long it must be still to be whole. */
const lookMs = 3_000
const stillMs = 120
/** Last pictures kept of screens that nobody looks at: a few megabytes each. */
const maxUnwatched = 8

/** What the screens need of the rest of main. */
export interface ScreensOptions {
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
  /** What a machine's screen shows right now, where somebody is looking at it; null otherwise. */
  readonly currentPicture: (id: MachineId) => Picture | null
  /** A screen's whole picture once it has stood still for a moment; null when it is not there in time. */
  readonly capture: (id: MachineId, consoleId: string) => Promise<Picture | null>
  /** Lets go of all of them: Berth is quitting. */
  dispose(): void
}

export function createScreens(options: ScreensOptions): Screens {
  // In the order in which they were last looked at.
  const screens = new Map<string, { readonly id: MachineId; readonly screen: Screen }>()

  const drop = (key: string): void => {
    screens.get(key)?.screen.close()
    screens.delete(key)
  }
  const stopListening = options.onMachine((changed) => {
    for (const [key, { id, screen }] of [...screens]) {
      if (id !== changed) continue
      if (options.machine(id) === null && !screen.isWatched()) drop(key)
      else screen.machineChanged()
    }
  })
  const forgetOld = (): void => {
    const unwatched = [...screens].filter(([, { screen }]) => !screen.isWatched())
    for (const [key] of unwatched.slice(0, Math.max(0, unwatched.length - maxUnwatched))) drop(key)
  }

  const screenOf = (id: MachineId, consoleId: string): Screen => {
    const ops = options.screensOf(id)
    if (ops === null) throw failure('unsupported', { key: 'screen.none' })
    const key = `${id}\n${consoleId}`
    const found = screens.get(key)
    const entry = found ?? {
      id,
      screen: createScreen({
        machine: () => options.machine(id),
        open: (as, events) => ops.open(id, consoleId, as, events, operation()),
        idle: forgetOld,
        now: options.now,
        log: options.log,
      }),
    }
    screens.delete(key)
    screens.set(key, entry)
    return entry.screen
  }

  return {
    attach({ id, consoleId, isThumbnail }, stream) {
      if (options.machine(id) === null) throw failure('not-found', { key: 'error.machineGone' })
      const viewer = screenOf(id, consoleId).attach(stream.down, !isThumbnail)
      return {
        up(frame) {
          if (frame.kind === 'shown') viewer.shown(frame.frame)
          else if (frame.kind === 'open') viewer.open(frame.takeOver)
          else if (frame.kind === 'resize') viewer.resize(frame.width, frame.height)
          else viewer.input(frame)
        },
        closed: () => viewer.leave(),
      }
    },
    currentPicture(wanted) {
      for (const { id, screen } of screens.values()) {
        const picture = id === wanted ? screen.picture() : null
        if (picture !== null) return picture
      }
      return null
    },
    capture(id, consoleId) {
      const screen = screenOf(id, consoleId)
      return new Promise((resolve) => {
        let quiet: NodeJS.Timeout | null = null
        const finish = (): void => {
          clearTimeout(late)
          if (quiet !== null) clearTimeout(quiet)
          const picture = screen.picture()
          viewer.leave()
          resolve(picture)
        }
        const late = setTimeout(finish, lookMs)
        const viewer = screen.attach((down) => {
          if (down.kind === 'status') return
          if (quiet !== null) clearTimeout(quiet)
          quiet = setTimeout(finish, stillMs)
          // Not within its own call: `viewer` is not there yet for the first.
          queueMicrotask(() => viewer.shown(down.frame))
        }, false)
      })
    },
    dispose() {
      stopListening()
      for (const key of [...screens.keys()]) drop(key)
    },
  }
}

/** A look at whatever screen a machine has; null where it has none that can be looked at now. */
export function lookAtScreen(
  inventory: Pick<InventoryService, 'machine' | 'providerOf'>,
  screens: Pick<Screens, 'capture'>,
) {
  return async (id: MachineId): Promise<Picture | null> => {
    const state = inventory.machine(id)?.state
    const { screens: facet, consoles } = inventory.providerOf(id)
    if (facet === undefined || consoles === undefined || (state !== 'running' && state !== 'paused')) return null
    const screen = (await consoles.options(id, operation())).find(
      ({ kind, withheld }) => kind === 'screen' && !withheld,
    )
    return screen === undefined ? null : screens.capture(id, screen.id)
  }
}

/** Opening a screen is no task: it has no progress and writes nothing down. */
function operation(): Op {
  return { signal: AbortSignal.timeout(openMs), progress: () => {}, record: () => {} }
}
