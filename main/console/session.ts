import type { ConsoleDown } from '../../app/contract/views.ts'
import type { Session, SessionState } from '../../app/domain/console.ts'
import { errorOf } from '../../app/domain/errors.ts'
import type { MachineState } from '../../app/domain/machine.ts'
import type { Text } from '../../app/messages/text.ts'
import type { Log } from '../log.ts'
import { createFanOut } from './fan-out.ts'
import { foregroundOf } from './foreground.ts'
import { createHistory } from './history.ts'
import { isReport } from './reports.ts'
import type { LogPosition } from './serial-log.ts'
import type { ConsoleSize, ConsoleSource, OpenSource, SourceEnd } from './source.ts'
import { createTail } from './tail.ts'
import { type ConsoleTarget, isLine } from './target.ts'

/** The first viewer comes at once and knows the size; without one the console is opened all the same. */
const firstViewerMs = 500
const firstRetryMs = 250
const lastRetryMs = 10_000
/** A program may end a moment before it is known that its machine did. */
const machineEndMs = 5_000
const lastOutputBytes = 2_048
/** What may be typed before a console is open. */
const earlyInputLength = 4_096

/** What a session belongs to and how it is told. What changes with its state is in `Session`. */
export interface SessionConfig {
  readonly identity: Pick<Session, 'id' | 'machineId' | 'consoleId' | 'kind' | 'writable'>
  readonly title: string
  readonly historyBytes: number
  /** Asks the provider how the console is reached now. */
  readonly resolve: () => Promise<ConsoleTarget>
  readonly open: OpenSource
  /** `since`: when its state began, ISO 8601 UTC. */
  readonly machine: () => {
    readonly name: string
    readonly state: MachineState
    readonly since?: string | null
  } | null
  readonly changed: (session: Session) => void
  readonly now: () => Date
  readonly log: Log
}

export interface SessionViewer {
  input(text: string): void
  resize(size: ConsoleSize): void
  ack(bytes: number): void
  leave(): void
}

/** One console, its text and its viewers, through every end and beginning of what is behind it. */
export interface ConsoleSession {
  view(): Session
  attach(size: ConsoleSize, send: (down: ConsoleDown) => void): SessionViewer
  reopen(): void
  /** The machine is another than it was, or gone. */
  machineChanged(): void
  /** The machine was brought back to another state; `text` says to which. */
  machineRestored(text: Text): void
  foreground(): Promise<string | null>
  close(): Promise<void>
}

export function createSession(config: SessionConfig): ConsoleSession {
  const { identity, now } = config
  let size: ConsoleSize = { columns: 80, rows: 24 }
  let state: SessionState = 'opening'
  let title = config.title
  let machineName = config.machine()?.name ?? ''
  let exitCode: number | null = null
  let since = now()
  let sinceMs = performance.now()
  let attempts = 0
  let reason: Text | null = null
  let restored: Session['restored']
  let reopens = false
  let isClosed = false
  let isBegun = false
  let wasLive = false

  let target: ConsoleTarget | null = null
  let source: ConsoleSource | null = null
  let position: LogPosition | null = null
  const lastOutput = createTail(lastOutputBytes)
  let typedEarly = ''
  let retry: NodeJS.Timeout | null = null
  // Which opening is the present one: what an earlier one still says is not heard.
  let opening = 0
  const viewers = new Set<SessionViewer>()

  const history = createHistory(config.historyBytes, size, () => fanOut.relieved())
  const fanOut = createFanOut({
    history,
    size: () => size,
    pause: () => source?.pause(),
    resume: () => source?.resume(),
  })

  const view = (): Session => ({
    ...identity,
    machineName,
    title,
    state,
    exitCode,
    since: since.toISOString(),
    attempts,
    reason,
    ...(restored === undefined ? {} : { restored }),
    ...size,
  })

  const become = (
    next: SessionState,
    rest: { exitCode?: number | null; reason?: Text | null; machineSince?: string | null } = {},
  ): void => {
    if (isClosed) return
    if (next !== state) {
      since = now()
      sinceMs = performance.now()
    }
    if (rest.machineSince != null) since = new Date(Math.min(since.getTime(), Date.parse(rest.machineSince)))
    state = next
    if (next !== 'ended') restored = undefined
    exitCode = rest.exitCode ?? null
    reason = rest.reason ?? null
    if (next === 'live' || next === 'ended') attempts = 0
    config.changed(view())
  }

  const stopRetrying = (): void => {
    if (retry !== null) clearTimeout(retry)
    retry = null
  }

  /** Why there is nothing behind it, when that is because of its machine. */
  const machineReason = (): Text | null => {
    const machine = config.machine()
    if (machine === null) return { key: 'terminal.machineRemoved', params: { name: machineName } }
    if (!isDown(machine.state)) return null
    const params = { name: machine.name }
    if (wasLive) return { key: 'terminal.machineStopped', params }
    return { key: machine.since == null ? 'terminal.notRunning' : 'terminal.notRunningSince', params }
  }

  const end = (rest: { exitCode?: number | null; reason?: Text | null } = {}): void => {
    stopRetrying()
    const because = machineReason()
    reopens = because !== null && config.machine() !== null
    // Opened after its machine stopped: the terminal ended with it, not now.
    const machineSince = because === null ? null : (config.machine()?.since ?? null)
    become('ended', { ...rest, reason: because ?? rest.reason ?? null, machineSince })
  }

  const lose = (): void => {
    if (machineReason() !== null) {
      end()
      return
    }
    const delay = Math.min(lastRetryMs, firstRetryMs * 2 ** attempts)
    attempts += 1
    become('lost')
    retry = setTimeout(() => void open(), delay)
  }

  const sourceEnded = ({ exitCode: code }: SourceEnd): void => {
    fanOut.flush()
    position = source?.logPosition() ?? null
    source = null
    if (target !== null && isLine(target)) {
      lose()
      return
    }
    fanOut.push(history.takeBack())
    fanOut.flush()
    const explained = target?.kind === 'pty' && code !== null ? target.explain(code, lastOutput.text()) : null
    end({ exitCode: code, reason: explained })
  }

  const open = async (given: ConsoleTarget | null = null): Promise<void> => {
    isBegun = true
    stopRetrying()
    const mine = ++opening
    const isMine = (): boolean => mine === opening && !isClosed
    if (state !== 'lost') become('opening')
    try {
      const found = given ?? (await config.resolve())
      if (!isMine()) return
      target = found
      title = found.title
      lastOutput.clear()
      let early: (() => void)[] | null = []
      const opened = await config.open(found, size, position, {
        data: (bytes) => {
          if (!isMine()) return
          lastOutput.add(bytes)
          fanOut.push(bytes)
        },
        // A program may be gone before it is known to have been opened.
        ended: (ending) => {
          if (!isMine()) return
          if (early === null) sourceEnded(ending)
          else early.push(() => sourceEnded(ending))
        },
      })
      if (!isMine()) return opened.close()
      source = opened
      source.resize(size)
      if (typedEarly !== '') source.write(typedEarly)
      typedEarly = ''
      reopens = false
      wasLive = true
      become('live')
      const missed = early
      early = null
      for (const late of missed) late()
    } catch (thrown) {
      if (!isMine()) return
      const error = errorOf(thrown)
      config.log.warn('console.failed', { machineId: identity.machineId, consoleId: identity.consoleId, error })
      if (identity.kind === 'serial' && error.code !== 'unsupported') lose()
      else end({ reason: error.message })
    }
  }

  /** Opens what was open before, under the text that is there. */
  const openAgain = (): void => {
    if (isClosed || source !== null || state === 'opening') return
    if (identity.kind === 'logs') {
      // They are told from their beginning again.
      history.clear()
      fanOut.push(Buffer.from('\x1bc\x1b[3J'))
    } else if (identity.kind !== 'serial') fanOut.push(Buffer.from('\r\n'))
    attempts = 0
    void open()
  }

  const firstViewer = setTimeout(() => {
    if (!isBegun) void open()
  }, firstViewerMs)

  const resize = (next: ConsoleSize, from: SessionViewer): void => {
    // A serial line has no size: each viewer keeps its own.
    if (identity.kind === 'serial' || (next.columns === size.columns && next.rows === size.rows)) return
    size = next
    history.resize(size.columns, size.rows)
    source?.resize(size)
    fanOut.tellSize(size.columns, size.rows, seats.get(from) ?? null)
    if (!isClosed) config.changed(view())
  }
  const seats = new Map<SessionViewer, ReturnType<typeof fanOut.join>>()

  return {
    view,
    attach(wanted, send) {
      const viewer: SessionViewer = {
        input(text) {
          if (!identity.writable) return
          // Every viewer's terminal answers what the guest asks of a terminal: one answer is enough.
          if (isReport(text) && viewer !== viewers.values().next().value) return
          if (source !== null) source.write(text)
          else if (state === 'opening') typedEarly = (typedEarly + text).slice(0, earlyInputLength)
        },
        resize: (next) => resize(next, viewer),
        ack: (bytes) => seats.get(viewer)?.ack(bytes),
        leave() {
          viewers.delete(viewer)
          seats.get(viewer)?.leave()
          seats.delete(viewer)
        },
      }
      viewers.add(viewer)
      resize(wanted, viewer)
      seats.set(viewer, fanOut.join(send))
      if (!isBegun) void open()
      return viewer
    },
    reopen: openAgain,
    machineChanged() {
      const machine = config.machine()
      if (machine !== null && machine.name !== machineName) {
        machineName = machine.name
        if (!isClosed) config.changed(view())
      }
      const because = machineReason()
      if (because !== null) {
        const endedJustNow = state === 'ended' && exitCode !== 0 && performance.now() - sinceMs < machineEndMs
        if (state === 'lost' || (endedJustNow && reason?.key !== because.key)) end({ exitCode })
        else if (state === 'ended' && machine === null) reopens = false
      } else if (machine?.state === 'running') {
        if (state === 'lost') void open()
        else if (state === 'ended' && reopens) openAgain()
      }
    },
    machineRestored(text) {
      // What runs shows by itself what it is now.
      if (isClosed || state !== 'ended') return
      restored = { text, at: now().toISOString() }
      config.changed(view())
    },
    async foreground() {
      if (target?.kind !== 'pty' || source === null) return null
      if (target.foreground !== undefined) return target.foreground().catch(() => null)
      return source.pid === null ? null : foregroundOf(source.pid)
    },
    async close() {
      if (isClosed) return
      isClosed = true
      clearTimeout(firstViewer)
      stopRetrying()
      const left = source !== null && target?.kind === 'pty' ? target.leave : undefined
      source?.close()
      source = null
      fanOut.dispose()
      history.dispose()
      await left?.().catch((error: unknown) => config.log.warn('console.leave', { error }))
    },
  }
}

/** Whether nothing can be behind a console now. What is not known, or under way, says nothing. */
function isDown(state: MachineState): boolean {
  return state === 'stopped' || state === 'crashed' || state === 'suspended'
}
