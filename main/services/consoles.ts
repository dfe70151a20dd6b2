import { randomUUID } from 'node:crypto'
import type { Calls } from '../../app/contract/contract.ts'
import type { StreamHandlers } from '../../app/contract/dispatch.ts'
import type { InputOf } from '../../app/contract/kinds.ts'
import type { QuitPlan, SessionsView } from '../../app/contract/views.ts'
import type { ConsoleOption, Session } from '../../app/domain/console.ts'
import { failure } from '../../app/domain/errors.ts'
import type { MachineId, SessionId } from '../../app/domain/ids.ts'
import type { Machine } from '../../app/domain/machine.ts'
import type { Task } from '../../app/domain/task.ts'
import type { Text } from '../../app/messages/text.ts'
import { hostName, hostShell } from '../console/host-shell.ts'
import { type ConsoleSession, createSession, type SessionConfig } from '../console/session.ts'
import type { OpenSource } from '../console/source.ts'
import type { ConsoleTarget } from '../console/target.ts'
import { openTyping } from '../console/typing.ts'
import type { Log } from '../log.ts'
import type { ConsoleOps, Op } from '../providers/provider.ts'

/** Each keeps a few megabytes at most and a process: more than a person can follow. */
const maxSessions = 100
/** A kept line is at most so long on average. */
const bytesPerLine = 200
const providerMs = 30_000

/** What the consoles need of the rest of main. */
export interface ConsolesOptions {
  /** The consoles facet of the provider a machine belongs to; null when it has none. */
  readonly consolesOf: (id: MachineId) => ConsoleOps | null
  readonly machine: (id: MachineId) => Machine | null
  /** Calls with every machine that changed or went. */
  readonly onMachine: (listener: (id: MachineId) => void) => () => void
  readonly open: OpenSource
  readonly scrollbackLines: () => number
  readonly changed: (session: Session) => void
  readonly closed: (sessionId: SessionId) => void
  readonly now: () => Date
  readonly log: Log
}

/** Every console session of this Berth. Sessions belong to nobody's window: they end when they are closed. */
export interface Consoles {
  options(id: MachineId): Promise<readonly ConsoleOption[]>
  open(request: InputOf<Calls['console.open']>): Promise<SessionId>
  openHost(request: InputOf<Calls['console.openHost']>): SessionId
  list(): SessionsView
  close(sessionId: SessionId): Promise<void>
  reopen(sessionId: SessionId): void
  foreground(sessionId: SessionId): Promise<string | null>
  readonly attach: StreamHandlers['console.attach']
  /** Hears of tasks: an ended terminal says that its machine was restored since. */
  taskChanged(task: ToldTask): void
  /** Terminals in which something runs that would end with Berth. */
  running(): Promise<QuitPlan['terminals']>
  /** Lets go of all of them: Berth is quitting. */
  dispose(): Promise<void>
}

/** What is heard of a task. */
type ToldTask = Pick<Task, 'verb' | 'state' | 'machineId' | 'machineName' | 'subject'>

export function createConsoles(options: ConsolesOptions): Consoles {
  const sessions = new Map<SessionId, ConsoleSession>()

  const stopListening = options.onMachine((id) => {
    for (const session of sessions.values()) if (session.view().machineId === id) session.machineChanged()
  })

  const opsOf = (id: MachineId): ConsoleOps => {
    const ops = options.consolesOf(id)
    if (ops === null) throw failure('unsupported', { key: 'terminal.noConsoles' })
    return ops
  }
  const sessionOf = (sessionId: SessionId): ConsoleSession => {
    const session = sessions.get(sessionId)
    if (session === undefined) throw failure('not-found', { key: 'terminal.gone' })
    return session
  }

  const checkRoom = (): void => {
    if (sessions.size < maxSessions) return
    throw failure(
      'busy',
      { key: 'terminal.tooMany', params: { count: maxSessions } },
      { hint: { key: 'terminal.tooMany.hint' } },
    )
  }
  const begin = (
    of: Pick<SessionConfig, 'title' | 'resolve' | 'open' | 'machine'> & {
      readonly identity: Omit<SessionConfig['identity'], 'id'>
    },
  ): SessionId => {
    const id = randomUUID()
    const session = createSession({
      ...of,
      identity: { ...of.identity, id },
      historyBytes: options.scrollbackLines() * bytesPerLine,
      changed: options.changed,
      now: options.now,
      log: options.log,
    })
    sessions.set(id, session)
    options.changed(session.view())
    return id
  }

  const close = async (sessionId: SessionId): Promise<void> => {
    const session = sessions.get(sessionId)
    // Two windows may close it at once.
    if (session === undefined || !sessions.delete(sessionId)) return
    options.closed(sessionId)
    await session.close()
  }

  return {
    options: (id) => opsOf(id).options(id, operation()),
    async open({ id, consoleId, user, folder }) {
      const ops = opsOf(id)
      const option = (await ops.options(id, operation())).find((candidate) => candidate.id === consoleId)
      if (option === undefined) throw failure('not-found', { key: 'terminal.gone' })
      const { kind } = option
      if (kind === 'screen') throw failure('unsupported', { key: 'screen.notTerminal' })
      const isShell = kind === 'shell'
      const sameConsole = (session: Session): boolean => session.machineId === id && session.consoleId === consoleId
      const existing = [...sessions.values()].find((session) => sameConsole(session.view()))
      if (existing !== undefined && !isShell) {
        if (existing.view().state === 'ended' && option.withheld === null) existing.reopen()
        return existing.view().id
      }
      checkRoom()
      if (isShell && option.withheld !== null) throw failure('wrong-state', option.withheld)
      const resolve = (): Promise<ConsoleTarget> => ops.target(id, consoleId, { user, folder }, operation())
      // A shell that cannot be had is said where it was asked for; what waits for its machine gets a tab.
      let first: ConsoleTarget | null = isShell ? await resolve() : null
      return begin({
        identity: { machineId: id, consoleId, kind, writable: option.writable },
        title: first?.title ?? consoleId,
        resolve: async () => {
          const known = first
          first = null
          return known ?? resolve()
        },
        open: options.open,
        machine: () => options.machine(id),
      })
    },
    openHost({ typed }) {
      checkRoom()
      const name = hostName()
      return begin({
        identity: { machineId: null, consoleId: 'shell', kind: 'shell', writable: true },
        title: hostShell().title,
        resolve: async () => hostShell(),
        open: typed === null || typed === '' ? options.open : openTyping(options.open, typed),
        machine: () => ({ name, state: 'running' }),
      })
    },
    list: () => ({ sessions: [...sessions.values()].map((session) => session.view()) }),
    close,
    reopen: (sessionId) => sessionOf(sessionId).reopen(),
    foreground: (sessionId) => sessionOf(sessionId).foreground(),
    attach({ sessionId, columns, rows }, stream) {
      const viewer = sessionOf(sessionId).attach({ columns, rows }, stream.down)
      return {
        up(frame) {
          if (frame.kind === 'input') viewer.input(frame.data)
          else if (frame.kind === 'ack') viewer.ack(frame.bytes)
          else viewer.resize(frame)
        },
        closed: () => viewer.leave(),
      }
    },
    taskChanged(task) {
      const text = task.state === 'succeeded' ? restoredText(task) : null
      if (text === null) return
      for (const session of sessions.values()) {
        if (session.view().machineId === task.machineId) session.machineRestored(text)
      }
    },
    async running() {
      const found = await Promise.all(
        [...sessions.values()].map(async (session) => {
          const { id, machineName } = session.view()
          const command = await session.foreground()
          return command === null ? [] : [{ sessionId: id, machineName, command }]
        }),
      )
      return found.flat()
    },
    async dispose() {
      stopListening()
      await Promise.all([...sessions.values()].map((session) => session.close()))
      sessions.clear()
    },
  }
}

/** Where a task has brought its machine back to; null when that is not what it does. */
function restoredText({ verb, machineName: name, subject }: ToldTask): Text | null {
  if (verb === 'undoRestore') return { key: 'terminal.restoreUndone', params: { name } }
  if (verb !== 'restore' && verb !== 'redoRestore') return null
  return subject === null
    ? { key: 'terminal.restored', params: { name } }
    : { key: 'terminal.restoredTo', params: { name, snapshot: subject } }
}

/** Opening a console is no task: it has no progress and writes nothing down. */
function operation(): Op {
  return { signal: AbortSignal.timeout(providerMs), progress: () => {}, record: () => {} }
}
