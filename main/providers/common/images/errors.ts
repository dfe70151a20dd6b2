import { type ErrorCode, type Failure, failure } from '../../../../app/domain/errors.ts'
import type { Text } from '../../../../app/messages/text.ts'
import type { RunResult } from '../../../exec/command.ts'
import { commandDetail, commandFailure, joinSaid, saidLines } from '../../../exec/failure.ts'
import { maskText } from '../../../exec/mask.ts'

interface Row {
  readonly pattern: RegExp
  readonly code: ErrorCode
  readonly message: (match: RegExpExecArray) => Text
  readonly hint?: Text
  readonly field?: string
}

/**
 * What QEMU and qemu-img say, and what it means. Each row has a recording under tests/fixtures/cli/qemu; the first that
 * matches wins, so what names the cause stands before what names the symptom.
 */
export const errorRows: readonly Row[] = [
  {
    pattern: /Could not set up host forwarding rule '(\w+):([^']{0,500}?):?(\d+)-[^']{0,500}'/,
    code: 'in-use',
    message: ([, protocol = '', , port = '']) => ({ key: 'qemu.error.port', params: { port, protocol } }),
    hint: { key: 'qemu.error.port.hint' },
    field: 'network.forwards',
  },
  {
    pattern: /cannot set up guest memory|Cannot allocate memory|failed to allocate .{0,200}memory/i,
    code: 'invalid-input',
    message: () => ({ key: 'qemu.error.memory' }),
    hint: { key: 'qemu.error.memory.hint' },
    field: 'memoryBytes',
  },
  {
    pattern: /No space left on device|Disk quota exceeded/,
    code: 'no-space',
    message: () => ({ key: 'kept.error.noSpace' }),
    hint: { key: 'kept.error.noSpace.hint' },
  },
  {
    pattern: /cannot create PID file: (?:Cannot|Failed to) lock/i,
    code: 'in-use',
    message: () => ({ key: 'qemu.error.runsAlready' }),
    hint: { key: 'qemu.error.runsAlready.hint' },
  },
  {
    pattern: /Failed to (?:get|lock).*"?(?:write|consistent read|resize)"? lock|Is another process using the image/,
    code: 'in-use',
    message: () => ({ key: 'qemu.error.locked' }),
    hint: { key: 'qemu.error.locked.hint' },
  },
  {
    pattern:
      /Could not open '([^']{1,500})': No such file or directory\nCould not open backing image|Could not open backing file: Could not open '([^']+)': No such file or directory/,
    code: 'not-found',
    message: ([, image, base]) => ({ key: 'qemu.error.backing', params: { path: maskText(image ?? base ?? '') } }),
    hint: { key: 'kept.error.file.hint' },
  },
  {
    pattern: /Could not open '([^']{1,500})': No such file or directory/,
    code: 'not-found',
    message: ([, path = '']) => ({ key: 'kept.error.file', params: { path: maskText(path) } }),
    hint: { key: 'kept.error.file.hint' },
  },
  {
    pattern: /Could not (?:open|access) '?([^':]+)'?.*: (?:Permission denied|Read-only file system)/,
    code: 'permission',
    message: ([, path = '']) => ({ key: 'qemu.error.permission', params: { path: maskText(path) } }),
    hint: { key: 'qemu.error.permission.hint' },
  },
  {
    pattern: /is corrupt; (?:cannot be opened|further)|Image is corrupt|Marking image as corrupt|corrupt image/i,
    code: 'tool-failed',
    message: () => ({ key: 'qemu.error.corrupt' }),
    hint: { key: 'qemu.error.corrupt.hint' },
  },
  {
    pattern:
      /Image is not in (\w+) format|(?:invalid|not a) (\w+) (?:image|header)|does not contain a valid (\w+)|Could not find the (\w+) header/i,
    code: 'tool-failed',
    message: ([, ...formats]) => ({
      key: 'qemu.error.notFormat',
      params: { format: formats.find((format) => format !== undefined) ?? '' },
    }),
    hint: { key: 'qemu.error.corrupt.hint' },
  },
  {
    pattern: /invalid accelerator (\w+)|failed to initialize (\w+)|Could not access (KVM) kernel module/i,
    code: 'unsupported',
    message: ([, ...found]) => ({
      key: 'qemu.error.accelerator',
      params: { name: (found.find((name) => name !== undefined) ?? '').toUpperCase() },
    }),
    hint: { key: 'qemu.error.accelerator.hint' },
  },
  {
    pattern: /unsupported machine type/,
    code: 'unsupported',
    message: () => ({ key: 'qemu.error.machineType' }),
    hint: { key: 'qemu.error.machineType.hint' },
  },
  {
    pattern: /Invalid SMP CPUs (\d+)\. The max CPUs supported by machine .* is (\d+)/i,
    code: 'invalid-input',
    message: ([, , max = '']) => ({ key: 'qemu.error.cpus', params: { max: Number(max) } }),
    field: 'cpus',
  },
  {
    pattern:
      /Size mismatch: .{0,200}Invalid argument|load of migration failed|while loading VM state|Unknown savevm section/i,
    code: 'wrong-state',
    message: () => ({ key: 'qemu.error.hardware' }),
    hint: { key: 'qemu.error.hardware.hint' },
  },
  {
    pattern: /Snapshot '[^']{0,500}' already exists/,
    code: 'already-exists',
    message: () => ({ key: 'qemu.error.tagExists' }),
  },
  {
    pattern:
      /Snapshot '[^']{0,500}' does not exist|(?:snapshot not found|Can't find snapshot)|apply snapshot .{0,500}No such file/i,
    code: 'not-found',
    message: () => ({ key: 'qemu.error.tagMissing' }),
    hint: { key: 'qemu.error.tagMissing.hint' },
  },
  {
    pattern: /does not support (?:internal )?snapshots|State blocked by/i,
    code: 'unsupported',
    message: () => ({ key: 'qemu.error.noSnapshots' }),
  },
  {
    pattern: /driver does not support resize|does not support resizing/i,
    code: 'unsupported',
    message: () => ({ key: 'qemu.error.noResize' }),
    field: 'diskBytes',
  },
  {
    pattern: /UNIX socket path '[^']{0,500}' is too long/,
    code: 'unsupported',
    message: () => ({ key: 'qemu.error.socketPath' }),
  },
]

/** The failure of an image that is shorter than its own tables say. */
export function cutShort(path: string): Failure {
  return failure(
    'output-unreadable',
    { key: 'kept.error.cutShort', params: { path: maskText(path) } },
    { hint: { key: 'kept.error.cutShort.hint' }, detail: path },
  )
}

/** The failure that a text of QEMU's means, with all of it as detail; null when no row knows it. */
export function explain(text: string, detail: string): Failure | null {
  for (const { pattern, code, message, hint, field } of errorRows) {
    const match = pattern.exec(text)
    if (match !== null) return failure(code, message(match), { detail, hint: hint ?? null, field: field ?? null })
  }
  return null
}

/** The failure of a QMP command or job that QEMU refused. */
export function qmpFailure(description: string): Failure {
  const detail = maskText(description)
  return (
    explain(description, detail) ??
    failure('tool-failed', { key: 'error.toolSays', params: { tool: 'QEMU', said: joinSaid([detail]) } }, { detail })
  )
}

/** The failure of a finished `qemu-img` or of another program that ran to its end. */
export function runFailure(result: RunResult, tool: string): Failure {
  const known = result.reason === 'exit' ? explain(result.stderr, commandDetail(result)) : null
  return known ?? commandFailure(result, tool)
}

/** The failure of a QEMU that ended before its machine ran. */
export function launchFailure(stderr: string, ending: { exitCode: number | null; signal: string | null }): Failure {
  const said = maskText(stderr.trim())
  const detail = `[${ending.signal ?? `exit ${ending.exitCode ?? '?'}`}]\n${said}`
  const lines = saidLines(said)
  return (
    explain(stderr, detail) ??
    failure(
      'tool-failed',
      ending.signal === null && lines.length > 0
        ? { key: 'error.toolSays', params: { tool: 'QEMU', said: joinSaid(lines) } }
        : ending.signal === null
          ? { key: 'error.toolFailed.exit', params: { tool: 'QEMU', code: String(ending.exitCode ?? '?') } }
          : { key: 'error.toolFailed.signal', params: { tool: 'QEMU', signal: ending.signal } },
      { detail },
    )
  )
}
