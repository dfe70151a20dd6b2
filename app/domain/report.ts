import { write } from '../messages/write.ts'
import type { AppError } from './errors.ts'
import type { SystemInfo } from './system.ts'
import type { CommandRecord, Task } from './task.ts'
import { failureTitle, type Told, taskText } from './task-text.ts'

/** What a report is written from. Everything but the error or the task may be missing. */
export interface ReportSource {
  readonly system: Pick<SystemInfo, 'appVersion' | 'osName' | 'arch' | 'shell' | 'hostName'> | null
  readonly task: (Told & Pick<Task, 'startedAt' | 'endedAt'>) | null
  readonly error: AppError | null
  readonly commands: readonly CommandRecord[]
  /** The provider's label and version, e.g. `QEMU 10.1.0`. */
  readonly provider: string | null
}

/**
 * Writes a report for copying: what was tried, what came of it, the exact commands with exit codes and output. In English,
 * whatever the window speaks, because it is read by others. Home folders, addresses, this computer's name and the person's
 * login are masked.
 */
export function writeReport(source: ReportSource): string {
  const { system, task, error, commands, provider } = source
  const blocks: string[] = []
  const title = task === null ? null : error === null ? taskText(task) : failureTitle(task)
  const head = [
    title === null ? null : write(title, 'en'),
    system === null ? null : `Berth ${system.appVersion} (${system.shell}) on ${system.osName}, ${system.arch}`,
    provider,
    task?.startedAt === undefined || task.startedAt === null
      ? null
      : `${task.startedAt} to ${task.endedAt ?? 'now'}: ${task.state}`,
  ].filter((line) => line !== null)
  if (head.length > 0) blocks.push(head.join('\n'))
  if (error !== null) {
    const lines = [`${error.code}: ${write(error.message, 'en')}`]
    if (error.hint !== null) lines.push(write(error.hint, 'en'))
    if (error.detail !== null) lines.push('', error.detail)
    blocks.push(lines.join('\n'))
  }
  for (const command of commands) blocks.push(commandText(command))
  return maskPrivate(`${blocks.join('\n\n')}\n`, system === null ? [] : [system.hostName])
}

/** One command as it is shown and copied: the line, what it said, how it ended. */
export function commandText(command: CommandRecord): string {
  const prompt = command.kind === 'process' ? '$' : command.kind === 'qmp' ? '→' : '·'
  const lines = [`${prompt} ${command.line}`]
  const output = command.output?.trimEnd() ?? ''
  if (output !== '') lines.push(output)
  const end = command.exitCode === null ? command.outcome : `exit code ${command.exitCode}`
  lines.push(`${end}, after ${(command.durationMs / 1000).toFixed(1)} s`)
  return lines.join('\n')
}

const homes = [
  /\/(?:home|Users|var\/home)\/([^/\s'":;,]+)/g,
  /[A-Za-z]:[\\/]+Users[\\/]+([^\\/\s'":;,]+)/g,
  /\/root(?=[/\s'":;,]|$)/g,
]

/**
 * Takes out what a stranger need not know: home folders become `~`, IPv4, IPv6 and hardware addresses (but loopback and
 * "any") become `x.x.x.x`, `x::x` and `xx:xx`, and every login seen in a home folder and each of `words` becomes `…`.
 */
export function maskPrivate(text: string, words: readonly string[] = []): string {
  const logins = new Set<string>()
  let masked = text
  for (const home of homes) {
    masked = masked.replace(home, (_whole, login: unknown) => {
      if (typeof login === 'string') logins.add(login)
      return '~'
    })
  }
  masked = masked
    .replace(/\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/gi, 'xx:xx')
    .replace(/\b(?!127\.|0\.0\.0\.0\b)(?:\d{1,3}\.){3}\d{1,3}\b/g, (address) =>
      address.split('.').every((part) => Number(part) <= 255) ? 'x.x.x.x' : address,
    )
    .replace(
      /(?<![\w:.])(?:[0-9a-f]{1,4}:){2,7}(?::?[0-9a-f]{1,4})(?![\w:])|(?<![\w:])(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}(?![\w:])/gi,
      (address) => (isClockTime(address) ? address : 'x::x'),
    )
  // Short words would eat into ordinary ones.
  for (const word of [...logins, ...words].filter((candidate) => candidate.length >= 3)) {
    masked = masked.replace(new RegExp(`(?<![\\w-])${escapePattern(word)}(?![\\w-])`, 'g'), '…')
  }
  return masked
}

function isClockTime(text: string): boolean {
  return /^\d{1,2}:\d{2}:\d{2}$/.test(text)
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
