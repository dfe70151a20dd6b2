import type { Client } from '../../app/contract/client.ts'
import type { ScreenDown } from '../../app/contract/views.ts'
import type { MachineId } from '../../app/domain/ids.ts'
import type { PointerInput, ScreenStatus } from '../../app/domain/screen.ts'
import { onConnected } from '../store/connect.ts'
import type { ScreenFrame } from './painter.ts'

/** A screen's stream in this window: joined again by itself whenever the line to main is back. */
export interface ScreenLine {
  key(code: string, isDown: boolean): void
  type(text: string): void
  pointer(input: PointerInput): void
  resize(width: number, height: number): void
  open(takeOver: boolean): void
  leave(): void
}

interface Listeners {
  readonly status: (status: ScreenStatus) => void
  /** Draws a frame; when it settles the next one is asked for. */
  readonly frame: (frame: ScreenFrame) => Promise<void>
}

export function attachScreen(
  { id, consoleId, isThumbnail }: { readonly id: MachineId; readonly consoleId: string; readonly isThumbnail: boolean },
  listeners: Listeners,
): ScreenLine {
  type Stream = ReturnType<typeof openOn>
  let stream: Stream | null = null
  let isOver = false

  const openOn = (client: Client) => {
    const mine = client.open(
      'screen.attach',
      { id, consoleId, isThumbnail },
      {
        down: (down: ScreenDown) => {
          if (isOver) return
          if (down.kind === 'status') listeners.status(down.status)
          else void listeners.frame(down).then(() => mine.up({ kind: 'shown', frame: down.frame }))
        },
        closed: () => {},
      },
    )
    return mine
  }
  const stopJoining = onConnected((client) => {
    stream = openOn(client)
  })

  return {
    key: (code, isDown) => stream?.up({ kind: 'key', code, isDown }),
    type: (text) => stream?.up({ kind: 'type', text }),
    pointer: (input) => stream?.up({ kind: 'pointer', input }),
    resize: (width, height) => stream?.up({ kind: 'resize', width, height }),
    open: (takeOver) => stream?.up({ kind: 'open', takeOver }),
    leave() {
      isOver = true
      stopJoining()
      stream?.close()
    },
  }
}
