import { createEmitter } from '../../app/util/emitter.ts'
import type { Attention } from '../providers/provider.ts'

/** What the program around the core tells of its windows and viewers. */
export interface AttentionService extends Attention {
  /** Electron's window is shown, or hidden and minimized. Pages in a browser have no such thing and count as shown. */
  readonly setVisible: (isVisible: boolean) => void
  /** How many pages are connected. */
  readonly setViewers: (count: number) => void
}

export function createAttention(onError: (error: unknown) => void): AttentionService {
  const changed = createEmitter<boolean>(onError)
  let isVisible = true
  let viewers = 0
  let told = false

  const tell = (): void => {
    const isWatched = isVisible && viewers > 0
    if (isWatched === told) return
    told = isWatched
    changed.emit(isWatched)
  }

  return {
    isWatched: () => told,
    onChanged: changed.on,
    setVisible(next) {
      isVisible = next
      tell()
    },
    setViewers(count) {
      viewers = count
      tell()
    },
  }
}
