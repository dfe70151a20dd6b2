import type { ScreenDown } from '../../../app/contract/views.ts'
import type { MachineState } from '../../../app/domain/machine.ts'
import type { PointerInput, ScreenStatus, ScreenTakes } from '../../../app/domain/screen.ts'
import { createScreen, type Screen, type ScreenViewer } from '../../../main/screen/screen.ts'
import type { ScreenEvents, ScreenSource } from '../../../main/screen/source.ts'
import { silentLog } from '../console/harness.ts'

/** A source in the test's hand: what it was asked, and its events to say things with. */
export interface HandSource {
  readonly events: ScreenEvents
  readonly takeOver: boolean
  readonly done: string[]
  nexts: number
  isClosed: boolean
  /** What it was told of how closely it is looked at. */
  readonly nears: boolean[]
}

export interface Stage {
  readonly screen: Screen
  /** Every source that was opened, in order. */
  readonly sources: HandSource[]
  /** What opening does instead of giving a source. */
  refuse: (() => never) | null
  idles: number
  setMachine(state: MachineState | null): void
  /** Settles when there are so many sources. */
  opened(count: number): Promise<HandSource>
}

const takesAll: ScreenTakes = { keyboard: true, pointer: 'absolute', text: true }

export function stage(
  options: { readonly takes?: ScreenTakes; readonly begin?: (events: ScreenEvents) => void } = {},
): Stage {
  let machine: { name: string; state: MachineState } | null = { name: 'monitor', state: 'running' }
  const waiting = new Set<() => void>()
  const sources: HandSource[] = []
  const screen = createScreen({
    machine: () => machine,
    async open({ takeOver }, events) {
      made.refuse?.()
      const hand: HandSource = { events, takeOver, done: [], nexts: 0, isClosed: false, nears: [] }
      sources.push(hand)
      queueMicrotask(() => {
        for (const look of [...waiting]) look()
      })
      options.begin?.(events)
      const source: ScreenSource = {
        takes: options.takes ?? takesAll,
        next() {
          hand.nexts += 1
        },
        key: (code, isDown) => void hand.done.push(`${code} ${isDown ? 'down' : 'up'}`),
        type: (text) => void hand.done.push(`type ${text}`),
        pointer: (input: PointerInput) => void hand.done.push(`pointer ${JSON.stringify(input)}`),
        near: (isNear) => void hand.nears.push(isNear),
        close() {
          hand.isClosed = true
        },
      }
      return source
    },
    idle() {
      made.idles += 1
    },
    now: () => new Date(),
    log: silentLog,
  })
  const made: Stage = {
    screen,
    sources,
    refuse: null,
    idles: 0,
    setMachine(state) {
      machine = state === null ? null : { name: 'monitor', state }
      screen.machineChanged()
    },
    opened: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          const last = sources[count - 1]
          if (last === undefined) return
          waiting.delete(look)
          resolve(last)
        }
        waiting.add(look)
        look()
      }),
  }
  return made
}

type Frame = Exclude<ScreenDown, { kind: 'status' }>

/** One who looks. */
export interface Eye {
  readonly viewer: ScreenViewer
  readonly frames: Frame[]
  readonly statuses: ScreenStatus[]
  /** Settles with the last frame or status once it fits. */
  frame(fits: (frame: Frame) => boolean): Promise<Frame>
  status(fits: (status: ScreenStatus) => boolean): Promise<ScreenStatus>
}

/** `isQuick` says at once of every frame that it is shown. */
export function look(screen: Screen, isQuick = true, isNear = true): Eye {
  const frames: Frame[] = []
  const statuses: ScreenStatus[] = []
  const waiting = new Set<() => void>()
  const viewer = screen.attach((down) => {
    if (down.kind === 'status') statuses.push(down.status)
    else {
      frames.push(down)
      if (isQuick) setImmediate(() => viewer.shown(down.frame))
    }
    for (const see of [...waiting]) see()
  }, isNear)
  const until = <T>(read: () => T | undefined, fits: (value: T) => boolean): Promise<T> =>
    new Promise((resolve) => {
      const see = (): void => {
        const value = read()
        if (value === undefined || !fits(value)) return
        waiting.delete(see)
        resolve(value)
      }
      waiting.add(see)
      see()
    })
  return {
    viewer,
    frames,
    statuses,
    frame: (fits) => until(() => frames.at(-1), fits),
    status: (fits) => until(() => statuses.at(-1), fits),
  }
}
