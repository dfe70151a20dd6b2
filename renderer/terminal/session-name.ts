import type { Session } from '../../app/domain/console.ts'
import type { MessageKey } from '../../app/messages/text.ts'
import { thisComputer } from '../format/host.ts'
import { useSay } from '../say.tsx'
import { useApp } from '../store/store.ts'

/** Sentences about a terminal: of a machine, which Korean calls one, and of this computer, which is none. */
const keys = {
  pane: ['terminal.pane', 'terminal.paneHost'],
  close: ['dock.close', 'dock.closeHost'],
  closing: ['dock.closing.title', 'dock.closing.titleHost'],
} as const satisfies Readonly<Record<string, readonly [MessageKey, MessageKey]>>

/** What a session's terminal is called, and its sentences. */
export function useSessionName(session: Session | null): {
  readonly name: string
  readonly key: (about: keyof typeof keys) => MessageKey
} {
  const say = useSay()
  const system = useApp((state) => state.system)
  const isHost = session?.machineId === null
  return {
    name: isHost ? thisComputer(system, say) : (session?.machineName ?? ''),
    key: (about) => keys[about][isHost ? 1 : 0],
  }
}
