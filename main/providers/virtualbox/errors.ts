import { type ErrorCode, type Failure, failure } from '../../../app/domain/errors.ts'
import type { MessageKey, TextParams } from '../../../app/messages/text.ts'
import type { RunResult } from '../../exec/command.ts'
import { commandDetail, commandFailure, joinSaid } from '../../exec/failure.ts'
import { errorLines } from './parse.ts'

/** One sentence of VBoxManage, and what it means. The names of the pattern's groups are the holes of its sentence. */
export interface ErrorRow {
  readonly pattern: RegExp
  readonly code: ErrorCode
  readonly message: MessageKey
  readonly hint?: MessageKey
  /** The field of a creation or a change that it is about. */
  readonly field?: string
}

/**
 * What another client's lock looks like, in all its forms: none of them says how long it lasts. Recorded by running commands
 * beside a poller of `showvminfo`.
 */
const contention =
  /already locked (?:by|for) a session|already has a lock request pending|The object is not ready|An unexpected process \(PID=|The session is not locked|while it is locked|Failed to get a console object from the direct session/

/**
 * What VBoxManage (7.2) says when it fails. The first row that matches wins: what names the cause stands before what names the
 * symptom, and the locks, which may be part of anything, last. Every row has a recording in tests/fixtures/cli/virtualbox, but
 * those about the processor and the driver: they are written after VirtualBox's own list of statuses (`include/VBox/err.h`).
 */
export const errorRows: readonly ErrorRow[] = [
  {
    pattern: /VERR_NO_TRANSLATION/,
    code: 'unsupported',
    message: 'virtualbox.error.locale',
    hint: 'virtualbox.error.locale.hint',
  },
  {
    pattern: /VERR_(?:VMX_IN_VMX_ROOT_MODE|SVM_IN_USE)|being used by another hypervisor/,
    code: 'in-use',
    message: 'virtualbox.error.vtxInUse',
    hint: 'virtualbox.error.vtxInUse.hint',
  },
  {
    pattern:
      /VERR_(?:VMX_NO_VMX|SVM_NO_SVM|VMX_MSR_\w*DISABLED|SVM_DISABLED|VMX_MSR_LOCKING_FAILED)|(?:VT-x|AMD-V) is (?:not available|disabled)/,
    code: 'unsupported',
    message: 'virtualbox.error.vtxOff',
    hint: 'virtualbox.error.vtxOff.hint',
  },
  {
    pattern: /VERR_VM_DRIVER_(?:NOT_INSTALLED|LOAD_ERROR|OPEN_ERROR|VERSION_MISMATCH)|Kernel driver not installed/,
    code: 'unsupported',
    message: 'virtualbox.error.noDriver',
    hint: 'virtualbox.error.noDriver.hint',
  },
  {
    pattern: /VERR_VM_DRIVER_NOT_ACCESSIBLE/,
    code: 'permission',
    message: 'virtualbox.error.driverDenied',
    hint: 'virtualbox.error.driverDenied.hint',
  },
  {
    pattern: /VERR_DISK_FULL|VERR_FILE_TOO_BIG|No space left on device/,
    code: 'no-space',
    message: 'virtualbox.error.noSpace',
    hint: 'virtualbox.error.noSpace.hint',
  },
  {
    pattern:
      /(?:opening image file|Could not find file for the medium) '(?<path>[^\n]{1,500}?)' ?\(VERR_(?:FILE|PATH)_NOT_FOUND\)/,
    code: 'not-found',
    message: 'virtualbox.error.mediumMissing',
    hint: 'virtualbox.error.mediumMissing.hint',
  },
  {
    pattern: /Nonexistent host networking interface, name '(?<name>[^\n]{0,200})' \(/,
    code: 'not-found',
    message: 'virtualbox.error.interface',
    hint: 'virtualbox.error.interface.hint',
    field: 'network',
  },
  {
    pattern: /NamedPipe#\d+ failed to bind to local socket (?<path>[^\n]{1,500}) \(VERR_/,
    code: 'not-found',
    message: 'virtualbox.error.serialSocket',
    hint: 'virtualbox.error.serialSocket.hint',
  },
  {
    pattern:
      /Locking of attached media failed|Failed to lock (?:source )?media|is locked for (?:writing|reading) by another task/,
    code: 'in-use',
    message: 'virtualbox.error.mediumLocked',
    hint: 'virtualbox.error.mediumLocked.hint',
  },
  {
    pattern: /Could not find a registered machine/,
    code: 'not-found',
    message: 'error.machineGone',
  },
  {
    pattern: /The object functionality is limited|Runtime error opening '[^\n]{1,1000}' for reading/,
    code: 'output-unreadable',
    message: 'virtualbox.error.inaccessible',
    hint: 'virtualbox.error.inaccessible.hint',
  },
  {
    pattern:
      /Machine settings file '(?<path>[^\n]{1,1000})' already exists|Could not rename the directory [^\n]{1,1000}\(VERR_ALREADY_EXISTS\)/,
    code: 'already-exists',
    message: 'virtualbox.error.nameInUse',
    hint: 'virtualbox.error.nameInUse.hint',
    field: 'name',
  },
  {
    pattern: /which has the same UUID as an existing virtual machine/,
    code: 'already-exists',
    message: 'virtualbox.error.sameUuid',
    hint: 'virtualbox.error.sameUuid.hint',
  },
  {
    pattern: /VERR_ALREADY_EXISTS/,
    code: 'already-exists',
    message: 'virtualbox.error.fileExists',
  },
  {
    pattern: /VERR_ACCESS_DENIED|VERR_WRITE_PROTECT/,
    code: 'permission',
    message: 'virtualbox.error.permission',
    hint: 'virtualbox.error.permission.hint',
  },
  {
    pattern: /Invalid RAM size: \d+ MB \(must be in range \[(?<min>\d+), (?<max>\d+)\] MB\)/,
    code: 'invalid-input',
    message: 'virtualbox.error.memory',
    field: 'memoryBytes',
  },
  {
    pattern: /Invalid virtual CPU count: \d+ \(must be in range \[(?<min>\d+), (?<max>\d+)\]\)/,
    code: 'invalid-input',
    message: 'virtualbox.error.cpus',
    field: 'cpus',
  },
  {
    pattern: /A NAT rule of this name already exists/,
    code: 'already-exists',
    message: 'virtualbox.error.forwardTwice',
    field: 'network.forwards',
  },
  {
    pattern: /Shrinking is not yet supported/,
    code: 'unsupported',
    message: 'virtualbox.error.shrink',
    field: 'diskBytes',
  },
  {
    pattern: /cannot be deleted, because it has (?<count>\d+) child snapshots/,
    code: 'in-use',
    message: 'virtualbox.error.snapshotChildren',
    hint: 'virtualbox.error.snapshotChildren.hint',
  },
  {
    pattern: /Could not find a snapshot|does not have any snapshots/,
    code: 'not-found',
    message: 'virtualbox.error.snapshotGone',
  },
  {
    pattern: /is still attached to the following \d+ virtual machine/,
    code: 'in-use',
    message: 'virtualbox.error.mediumAttached',
  },
  {
    pattern:
      /Medium '(?<path>[^\n]{0,500})' is attached to a virtual machine with UUID [^\n]{0,500}No differencing media/,
    code: 'in-use',
    message: 'virtualbox.error.mediumShared',
    hint: 'virtualbox.error.mediumShared.hint',
  },
  {
    pattern:
      /^VBoxManage(?:\.exe)?: error: UUID \{[0-9a-f-]+\} of the medium '(?<path>[^\n]{0,500})' does not match the value/m,
    code: 'wrong-state',
    message: 'virtualbox.error.otherMedium',
    hint: 'virtualbox.error.otherMedium.hint',
  },
  {
    pattern: /Could not get the storage format of the medium/,
    code: 'invalid-input',
    message: 'virtualbox.error.mediumFormat',
    field: 'disk.path',
  },
  {
    pattern: /Appliance file must have \.ovf or \.ova extension/,
    code: 'invalid-input',
    message: 'virtualbox.error.appliance',
  },
  {
    pattern:
      /is not currently running|Already paused|as it is not paused|Cannot delete the current state of the running|is not mutable|not in the Saved or Aborted-Saved state/,
    code: 'wrong-state',
    message: 'virtualbox.error.state',
    hint: 'virtualbox.error.state.hint',
  },
  {
    pattern: /Could not launch the VM process .{0,1000}VERR_FILE_NOT_FOUND/,
    code: 'unsupported',
    message: 'virtualbox.error.noFrontEnd',
    hint: 'virtualbox.error.noFrontEnd.hint',
  },
  {
    pattern:
      /has terminated unexpectedly during startup|The VM session was (?:aborted|closed before any attempt to power it on)/,
    code: 'tool-failed',
    message: 'virtualbox.error.startAborted',
    hint: 'virtualbox.error.startAborted.hint',
  },
  {
    // What is under way when VBoxSVC ends; what finds none that starts; and a machine of it that saves its state.
    pattern:
      /NS_ERROR_ABORT \(0x80004004\)|Failed to create the VirtualBox object|Assertion failed: [^\n]{0,500}COM RC=E_ACCESSDENIED/,
    code: 'tool-failed',
    message: 'virtualbox.error.serviceEnded',
    hint: 'virtualbox.error.serviceEnded.hint',
  },
  {
    pattern: contention,
    code: 'busy',
    message: 'virtualbox.error.locked',
    hint: 'virtualbox.error.locked.hint',
  },
]

/** Whether somebody else had the machine, which passes: trying again is right. */
export function isContention(stderr: string): boolean {
  return contention.test(stderr)
}

/** The failure of a finished VBoxManage: by the first row that matches, else in its own words. Nothing is guessed. */
export function manageFailure(result: RunResult, known: TextParams = {}): Failure {
  if (result.reason !== 'exit') return commandFailure(result, 'VirtualBox')
  const detail = commandDetail(result)
  for (const row of errorRows) {
    const found = row.pattern.exec(result.stderr)
    if (found === null) continue
    const params = { ...known, ...found.groups }
    return failure(
      row.code,
      { key: row.message, params },
      { hint: row.hint === undefined ? null : { key: row.hint, params }, detail, field: row.field ?? null },
    )
  }
  const lines = errorLines(result.stderr)
  if (lines.length === 0) return commandFailure(result, 'VirtualBox')
  return failure(
    'tool-failed',
    { key: 'error.toolSays', params: { tool: 'VirtualBox', said: joinSaid(lines) } },
    { detail },
  )
}
