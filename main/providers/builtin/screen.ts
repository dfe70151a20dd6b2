import { scanCodesOf } from '../../../app/domain/scan-codes.ts'
import type { PointerInput, ScreenTakes } from '../../../app/domain/screen.ts'
import type { ScreenEvents, ScreenSource } from '../../screen/source.ts'
import type { ScreenPart, Told } from './emulator/messages.ts'

/** A machine's screen: one thread on one side, whoever looks on the other. It outlives a thread that another replaces. */
export interface MachineScreen {
  /** A thread is there. */
  plug(tell: (told: Told) => void): void
  /** Of the thread that is plugged in. */
  shown(parts: readonly ScreenPart[]): void
  /** The machine is off. */
  hangUp(): void
  open(events: ScreenEvents): ScreenSource
}

/** Before a guest's pointer driver has started. */
const atFirst: ScreenTakes = { keyboard: true, pointer: 'none', text: true }

export function createMachineScreen(): MachineScreen {
  const watchers = new Set<ScreenEvents>()
  let tell: ((told: Told) => void) | null = null
  let takes = atFirst

  return {
    plug(next) {
      tell = next
      takes = atFirst
      if (watchers.size === 0) return
      tell({ kind: 'watch', isWatched: true })
      tell({ kind: 'next' })
    },
    shown(parts) {
      for (const part of parts) if (part.kind === 'takes') takes = part.takes
      for (const watcher of watchers) for (const part of parts) give(part, watcher)
    },
    hangUp() {
      tell = null
      const ended = [...watchers]
      watchers.clear()
      for (const watcher of ended) watcher.ended({ why: 'gone', reason: null })
    },
    open(events) {
      watchers.add(events)
      // Said anew from the beginning, to the others as well: that changes nothing for them.
      tell?.({ kind: 'watch', isWatched: true })
      const send = (told: Told): void => {
        if (watchers.has(events)) tell?.(told)
      }
      return {
        get takes() {
          return takes
        },
        next: () => send({ kind: 'next' }),
        key: (code, isDown) => send({ kind: 'keys', bytes: scanCodesOf(code, isDown) }),
        type: (text) => send({ kind: 'type', text }),
        pointer: (input: PointerInput) => send({ kind: 'pointer', input }),
        close() {
          if (watchers.delete(events) && watchers.size === 0) tell?.({ kind: 'watch', isWatched: false })
        },
      }
    },
  }
}

function give(part: ScreenPart, events: ScreenEvents): void {
  switch (part.kind) {
    case 'text':
      events.text(part.columns, part.rows)
      break
    case 'cells':
      events.cells(part.row, part.column, part.bytes)
      break
    case 'cursor':
      events.cursor(part.cursor)
      break
    case 'pixels':
      events.pixels(part.width, part.height)
      break
    case 'area':
      events.area(part.area, part.bytes)
      break
    case 'takes':
      events.takes(part.takes)
      break
  }
}
