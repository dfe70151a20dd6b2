import { describe, expect, it } from 'vitest'
import type { RunResult } from '../../../../main/exec/command.ts'
import { eventFailure, numbers, sentences } from '../../../../main/providers/utm/errors.ts'

/** Sentence, where it is written in UTM's source or in that of QEMU's guest agent, code and sentence of ours. */
const said: readonly (readonly [string, string, string, string])[] = [
  ...(
    [
      ['The QEMU guest agent is not running or not installed on the guest.', 'unreachable', 'utm.error.agent'],
      [
        'The virtual machine must be stopped before this operation can be performed.',
        'wrong-state',
        'utm.error.notStopped',
      ],
      ['The virtual machine is not running.', 'wrong-state', 'utm.error.state'],
      ['Operation not available.', 'wrong-state', 'utm.error.state'],
      ['Operation not supported by the backend.', 'unsupported', 'utm.error.unsupported'],
    ] as const
  ).map(([sentence, code, key]) => [sentence, 'Scripting/UTMScriptingVirtualMachineImpl.swift', code, key] as const),
  ...(
    [
      ['The virtual machine is in an invalid state.', 'wrong-state', 'utm.error.state'],
      ['Suspend is not supported for virtualization.', 'unsupported', 'utm.error.memory'],
      ['Suspend is not supported when an emulated NVMe device is active.', 'unsupported', 'utm.error.memory'],
      ['Suspend state cannot be saved when running in disposible mode.', 'unsupported', 'utm.error.memory'],
      [
        'Failed to save VM snapshot. Usually this means at least one device does not support snapshots. x',
        'unsupported',
        'utm.error.memory',
      ],
      [
        'This build of UTM does not support emulating the architecture of this VM.',
        'unsupported',
        'utm.error.unsupported',
      ],
      ['Failed to access drive image path.', 'not-found', 'utm.error.drive'],
      ['Failed to access data from shortcut.', 'not-found', 'utm.error.drive'],
      ['Failed to access shared directory.', 'not-found', 'utm.error.drive'],
    ] as const
  ).map(([sentence, code, key]) => [sentence, 'Services/UTMQemuVirtualMachine.swift', code, key] as const),
  [
    'An existing virtual machine already exists with this name.',
    'Platform/UTMData.swift',
    'already-exists',
    'utm.error.nameInUse',
  ],
  [
    'Cannot import this VM. Either the configuration is invalid, created in a newer version of UTM.',
    'Platform/UTMData.swift',
    'invalid-input',
    'utm.error.noBundle',
  ],
  ['Failed to parse imported VM.', 'Platform/UTMData.swift', 'invalid-input', 'utm.error.noBundle'],
  [
    'A valid UTM file must be specified.',
    'Scripting/UTMScriptingAppDelegate.swift',
    'invalid-input',
    'utm.error.noBundle',
  ],
  [
    'The snapshot ‘x’ does not exist.'.replace(/[‘’]/g, "'"),
    'Services/UTMSnapshotService.swift',
    'not-found',
    'kept.error.snapshotGone',
  ],
  ['Error: Virtual machine not found.', 'utmctl/UTMCtl.swift', 'not-found', 'error.machineGone'],
  ['Error: Application not found.', 'utmctl/UTMCtl.swift', 'tool-missing', 'error.toolMissing'],
  [
    "failed to open file '/gone' (mode: 'r'): No such file or directory",
    'qga/commands-posix.c',
    'not-found',
    'utm.error.noPath',
  ],
  [
    "failed to open file '/srv/x' (mode: 'r'): Permission denied",
    'qga/commands-posix.c',
    'permission',
    'utm.error.noFile',
  ],
  [
    "Guest agent command failed, error was 'Failed to execute child process “/gone” (No such file or directory)'",
    'qga/commands.c',
    'not-found',
    'utm.error.noProgram',
  ],
]

const failed = (stderr: string): RunResult => ({
  command: { file: 'utmctl', args: ['start'], timeoutMs: 1000 },
  ...{ reason: 'exit', exitCode: 0, signal: null, stdout: '', stderr, durationMs: 5 },
})
const event = (number: number, sentence = ''): string =>
  `Error from event: The operation couldn’t be completed. (OSStatus error ${number}.)\n${sentence}\n`

describe('what UTM says of a command that it could not carry out', () => {
  it.for(said)('%s (%s) is %s: %s', ([sentence, , code, key]) => {
    const stderr = sentence.startsWith('Error: ') ? `${sentence}\n` : event(-2700, sentence)
    expect(eventFailure(failed(stderr), false).error).toMatchObject({ code, message: { key } })
  })

  it('has the sentence of a source for every row, and for each way that a row puts it', () => {
    const first = said.map(([sentence]) => sentences.findIndex(({ pattern }) => pattern.test(sentence)))
    expect(sentences.flatMap(({ pattern }, index) => (first.includes(index) ? [] : [String(pattern)]))).toEqual([])
  })

  it.for(Object.keys(numbers).map(Number))('is known by the number of the event alone: %s', (number) => {
    const row = numbers[number]
    expect(eventFailure(failed(event(number)), false).error).toMatchObject({ code: row?.code, message: row?.message })
  })
})
