import type { ConsoleDown } from '../../../app/contract/views.ts'
import type { Session } from '../../../app/domain/console.ts'
import type { MachineState } from '../../../app/domain/machine.ts'
import { openSource } from '../../../main/console/open.ts'
import { type ConsoleSession, createSession, type SessionViewer } from '../../../main/console/session.ts'
import type { OpenSource } from '../../../main/console/source.ts'
import type { ConsoleTarget } from '../../../main/console/target.ts'
import type { Log } from '../../../main/log.ts'

export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

export interface StagedMachine {
  readonly name: string
  readonly state: MachineState
  readonly since?: string
}

/** A session on a machine whose state the test says, and everything that was told of it. */
export interface Stage {
  readonly session: ConsoleSession
  readonly told: Session[]
  readonly machine: StagedMachine | null
  setMachine(machine: StagedMachine | null): void
  /** Settles when what was told last fits. */
  until(fits: (session: Session) => boolean): Promise<Session>
}

export function stage(
  kind: Session['kind'],
  resolve: () => Promise<ConsoleTarget>,
  open: OpenSource = openSource,
): Stage {
  let machine: Stage['machine'] = { name: 'web-api', state: 'running' }
  const told: Session[] = []
  const waiting = new Set<() => void>()
  const session = createSession({
    identity: { id: 's1', machineId: 'mock:1', consoleId: kind, kind, writable: kind !== 'logs' },
    title: kind,
    historyBytes: 1_000_000,
    resolve,
    open,
    machine: () => machine,
    changed: (changed) => {
      told.push(changed)
      for (const look of waiting) look()
    },
    now: () => new Date(),
    log: silentLog,
  })
  return {
    session,
    told,
    get machine() {
      return machine
    },
    setMachine(next) {
      machine = next
      session.machineChanged()
    },
    until: (fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!fits(session.view())) return
          waiting.delete(look)
          resolve(session.view())
        }
        waiting.add(look)
        look()
      }),
  }
}

/** A terminal that acknowledges what it gets at once. */
export interface Screen {
  readonly viewer: SessionViewer
  readonly frames: ConsoleDown[]
  text(): string
  until(fits: (text: string) => boolean): Promise<string>
}

export function watch(session: ConsoleSession, size = { columns: 80, rows: 24 }, acknowledges = true): Screen {
  const frames: ConsoleDown[] = []
  let parts: Uint8Array[] = []
  const waiting = new Set<() => void>()
  const text = (): string => Buffer.concat(parts).toString('utf8')
  const viewer = session.attach(size, (down) => {
    frames.push(down)
    if (down.kind === 'size') return
    if (down.kind === 'replay') parts = []
    parts.push(down.data)
    if (acknowledges) setImmediate(() => viewer.ack(down.data.length))
    for (const look of [...waiting]) look()
  })
  return {
    viewer,
    frames,
    text,
    until: (fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!fits(text())) return
          waiting.delete(look)
          resolve(text())
        }
        waiting.add(look)
        look()
      }),
  }
}
