import { dirname } from 'node:path'
import type { MachineState } from '../../../app/domain/machine.ts'
import { createSessionLog, type Session, type SessionLog, type Trouble } from './session-log.ts'
import type { Settings } from './settings-file.ts'
import type { Medium } from './settings-media.ts'
import { isResting } from './states.ts'

/** Why a machine can't be read. */
export interface Problem {
  /** missing: the file is not there. denied: it may not be read. damaged: it is not whole. refused: VirtualBox itself can't load it. */
  readonly kind: 'missing' | 'denied' | 'damaged' | 'refused'
  readonly path: string | null
  /** The system's or the parser's own words. */
  readonly said: string
}

/** All that is known of one machine. */
export interface Entry {
  readonly uuid: string
  /** Its `.vbox` file; null when that is not known. */
  path: string | null
  /** As the file was read last; kept while it can't be read. */
  settings: Settings | null
  /** What of the file was read: another means another content. */
  stamp: string
  problem: Problem | null
  /** The first disk or disc of its drives whose file is not there. */
  lostMedium: Medium | null
  /** As the tool's list has it; null when it is not known or the machine inaccessible there. */
  listedName: string | null
  /** Whether the tool's last list had it as one it could not load. */
  isRefused: boolean
  log: SessionLog | null
  /** What the tool said of its state where that was more than the files tell. */
  told: { readonly word: string; readonly since: string | null; readonly stamp: string } | null
  /** Run of the log that is over by the settings file or by the tool, whatever its last word or its process number say. */
  overRun: number | null
  /** What is shown while Berth itself is at work on it. The last one counts. */
  holds: { readonly state: MachineState }[]
}

/** An entry whose file could be read. */
export interface Known {
  readonly entry: Entry
  readonly settings: Settings
  readonly path: string
}

export function newEntry(uuid: string): Entry {
  return {
    uuid,
    path: null,
    settings: null,
    stamp: '',
    problem: null,
    lostMedium: null,
    listedName: null,
    isRefused: false,
    log: null,
    told: null,
    overRun: null,
    holds: [],
  }
}

/** The machine is somewhere else now, or first known. */
export function moveEntry(entry: Entry, path: string | null): void {
  if (entry.path === path) return
  entry.path = path
  entry.stamp = ''
  entry.log = path === null ? null : createSessionLog(logPath(path))
}

export function logFolder(settingsPath: string): string {
  return `${dirname(settingsPath)}/Logs`
}

export function logPath(settingsPath: string): string {
  return `${logFolder(settingsPath)}/VBox.log`
}

/** Its state in VirtualBox's word, and since when. */
export interface ObservedState {
  readonly word: string
  readonly since: string | null
  /** The process that runs it; null when none does, or when it is not known. */
  readonly pid: number | null
  /** Ports that a running machine does not have though its settings forward them. */
  readonly lostPorts: readonly number[]
  /** Why a running machine does not go on by itself; null when nothing is wrong. */
  readonly trouble: Trouble | null
}

/** The run that is under way by the log: its process lives, and its last word is none of rest. */
export function liveSession(entry: Entry, isAlive: (pid: number, program: string) => boolean): Session | null {
  const session = entry.log?.session() ?? null
  if (session === null || isResting(session.word) || session.openedAt === entry.overRun) return null
  return isAlive(session.pid, session.program) ? session : null
}

/** The log is not believed against the settings for longer: nobody will write them any more. */
const unsettledMs = 60_000

/**
 * The run that saved its memory, or was about to, of which the settings do not tell yet: VirtualBox writes them 40 ms after the
 * log's last word, or later where it has much to do (seen).
 */
export function unsettledSession(entry: Entry, isAlive: (pid: number, program: string) => boolean): Session | null {
  const { log, settings } = entry
  const session = log?.session() ?? null
  if (session === null || settings === null || session.openedAt === entry.overRun) return null
  if (session.word !== 'saving' && session.word !== 'saved') return null
  if (settings.stateFile !== null || settings.isAborted) return null
  // A log from the future is of before the clock was set back.
  if (Math.abs(Date.now() - Date.parse(session.since)) > unsettledMs) return null
  return liveSession(entry, isAlive) === null ? session : null
}

/** The state as far as files and processes tell, which is all but what VirtualBox does to a machine that is off. */
export function observedStateOf(entry: Entry, isAlive: (pid: number, program: string) => boolean): ObservedState {
  const { settings } = entry
  const none = { pid: null, lostPorts: [], trouble: null }
  if (entry.problem !== null) return { ...none, word: 'inaccessible', since: null }
  const session = liveSession(entry, isAlive)
  if (session !== null) {
    const { word, since, pid, lostPorts, trouble } = session
    return { word, since, pid, lostPorts, trouble }
  }
  if (entry.told !== null && entry.told.stamp === entry.stamp) {
    return { ...none, word: entry.told.word, since: entry.told.since }
  }
  if (settings === null) return { ...none, word: 'unknown', since: null }
  const unsettled = unsettledSession(entry, isAlive)
  if (unsettled !== null) return { ...none, word: 'saving', since: unsettled.since }
  return { ...none, word: restingWord(settings), since: settings.lastStateChange }
}

export function restingWord(settings: Pick<Settings, 'stateFile' | 'isAborted' | 'wasTeleported'>): string {
  if (settings.stateFile !== null) return settings.isAborted ? 'aborted-saved' : 'saved'
  if (settings.isAborted) return 'aborted'
  return settings.wasTeleported ? 'teleported' : 'poweroff'
}
