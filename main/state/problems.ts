import type { Notice } from '../../app/domain/provider.ts'
import { createEmitter } from '../../app/util/emitter.ts'

/** What is wrong with Berth's own files, one notice for each path, for every window to show. */
export interface StateProblems {
  /** `null` once the file is in order. */
  readonly report: (path: string, notice: Notice | null) => void
  readonly notices: () => readonly Notice[]
  readonly onChanged: (listener: (notices: readonly Notice[]) => void) => () => void
  /** Looks again at whatever could not be read. */
  readonly recheck: () => void
  readonly onRecheck: (look: () => void) => void
}

export function createStateProblems(listenerFailed: (error: unknown) => void = () => {}): StateProblems {
  const found = new Map<string, Notice>()
  const looks: (() => void)[] = []
  const changed = createEmitter<readonly Notice[]>(listenerFailed)
  const notices = (): readonly Notice[] => [...found.values()]
  return {
    report(path, notice) {
      if (JSON.stringify(found.get(path) ?? null) === JSON.stringify(notice)) return
      if (notice === null) found.delete(path)
      else found.set(path, notice)
      changed.emit(notices())
    },
    notices,
    onChanged: changed.on,
    recheck() {
      for (const look of looks) look()
    },
    onRecheck: (look) => void looks.push(look),
  }
}
