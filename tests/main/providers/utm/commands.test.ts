import { describe, expect, it } from 'vitest'
import { busyStates, steadyStates } from '../../../../app/domain/machine.ts'
import { write } from '../../../../app/messages/write.ts'
import type { RunResult } from '../../../../main/exec/command.ts'
import { utmctlArguments } from '../../../../main/providers/utm/commands.ts'
import { configureArguments } from '../../../../main/providers/utm/configure.ts'
import { createArguments } from '../../../../main/providers/utm/create.ts'
import { eventFailure, hasFailed } from '../../../../main/providers/utm/errors.ts'
import { checkName } from '../../../../main/providers/utm/names.ts'
import { scriptArguments } from '../../../../main/providers/utm/scripts.ts'
import { knownWords, stateOf } from '../../../../main/providers/utm/states.ts'
import { hostileNames } from '../../../conformance/hostile-names.ts'
import { specOf } from '../../../conformance/utm-spec.ts'
import { bundleOf } from './bundles.ts'

const uuid = '8EB11628-544C-44BF-9EDE-4A65A616BEE2'

describe('the arguments of utmctl', () => {
  it('are these', () => {
    expect(utmctlArguments.list()).toEqual(['list'])
    expect(utmctlArguments.status(uuid)).toEqual(['status', uuid])
    expect(utmctlArguments.start(uuid)).toEqual(['start', uuid])
    expect(utmctlArguments.suspend(uuid, { save: false })).toEqual(['suspend', uuid])
    expect(utmctlArguments.suspend(uuid, { save: true })).toEqual(['suspend', '--save-state', uuid])
    expect(utmctlArguments.attach(uuid, 2)).toEqual(['attach', '--index', '2', uuid])
    expect(utmctlArguments.addresses(uuid)).toEqual(['ip-address', uuid])
    expect(utmctlArguments.pull(uuid, '/etc/os-release')).toEqual(['file', 'pull', uuid, '/etc/os-release'])
    expect(utmctlArguments.delete(uuid)).toEqual(['delete', uuid])
    expect(utmctlArguments.snapshot('create', uuid, 'berth-1')).toEqual(['snapshot', 'create', uuid, '--name=berth-1'])
  })

  it('never stop a machine without saying how: left out, it would pull the plug', () => {
    for (const style of ['request', 'force', 'kill'] as const) {
      expect(utmctlArguments.stop(uuid, style)).toEqual(['stop', `--${style}`, uuid])
    }
  })

  it('keep a name that looks like an option one word with its option', () => {
    for (const name of hostileNames)
      expect(utmctlArguments.clone(uuid, name)).toEqual(['clone', uuid, `--name=${name}`])
  })
})

describe('the arguments of a script', () => {
  it('reach it behind a word of ours, and are no part of it', () => {
    expect(scriptArguments('on run argv\nend run', ['--help', '" & (do shell script "x")'])).toEqual([
      '-l',
      'AppleScript',
      '-e',
      'on run argv\nend run',
      'berth',
      '--help',
      '" & (do shell script "x")',
    ])
  })

  it('say everything of a new machine, in order', () => {
    const spec = specOf('x', '/disks/guest.img')
    expect(createArguments({ ...spec, arch: 'riscv64' })).toEqual([
      ...['x', 'riscv64', '32', '1', 'bios', 'no', 'virtio-gpu-pci', 'image', '/disks/guest.img', '', 'none'],
    ])
    const forward = { protocol: 'udp', hostAddress: '127.0.0.1', hostPort: 5353, guestPort: 53 } as const
    expect(
      createArguments({
        ...spec,
        arch: 'riscv64',
        firmware: 'uefi',
        disk: { from: 'blank', sizeBytes: 1_048_577 },
        isoPath: '/discs/installer.iso',
        network: { mode: 'user', forwards: [forward] },
      }).slice(4),
    ).toEqual([
      ...[
        'uefi',
        'no',
        'virtio-gpu-pci',
        'blank',
        '2',
        '/discs/installer.iso',
        'emulated',
        'udp',
        '127.0.0.1',
        '5353',
        '53',
      ],
    ])
    expect(createArguments({ ...spec, network: { mode: 'user', forwards: [] } }).at(-1)).toBe('shared')
  })

  it('change only what is to change, and name every drive that stays', () => {
    const bundle = bundleOf({ discs: true })
    const { UUID } = bundle.config.Information
    expect(configureArguments(bundle, { cpus: 3 })).toEqual([UUID, 'web', '', '3', '', 'yes', '', '', '0'])
    expect(configureArguments(bundle, { isoPath: null, network: { mode: 'none' } })).toEqual([
      ...[UUID, 'web', '', '', 'none', 'yes', 'DISC', '', '1', 'DISK'],
    ])
  })
})

describe('a status word', () => {
  it('is a state of ours, for every word UTM has', () => {
    for (const word of knownWords) expect([...steadyStates, ...busyStates]).toContain(stateOf(word))
    expect(knownWords.map((word) => stateOf(word))).toEqual([
      ...['stopped', 'starting', 'running', 'suspending', 'paused', 'starting', 'stopping', 'unknown'],
    ])
  })

  it('that UTM learned later is not known, whatever it is called', () => {
    for (const word of ['hibernating', '', 'constructor', '__proto__']) expect(stateOf(word)).toBe('unknown')
  })
})

describe('a name', () => {
  it('that UTM could not keep is refused for what it is', () => {
    for (const name of ['.hidden', '../../outside', '가'.repeat(200), 'x'.repeat(252)]) {
      expect(() => checkName(name)).toThrow(/invalid-input/)
    }
    for (const name of ['x'.repeat(251), '🚀'.repeat(50), '--help', 'a/b:c', 'first\nsecond']) checkName(name)
  })
})

describe('a command that failed', () => {
  const result = (stderr: string, exitCode = 0): RunResult => ({
    command: { file: 'utmctl', args: ['start', uuid], timeoutMs: 1000 },
    reason: 'exit',
    exitCode,
    signal: null,
    stdout: '',
    stderr,
    durationMs: 5,
  })
  const event = (number: number, said = ''): string =>
    `Error from event: The operation couldn’t be completed. (OSStatus error ${number}.)\n${said}\n`

  it('is known by its stderr, though its exit code is 0', () => {
    expect(hasFailed(result(''))).toBe(false)
    expect(hasFailed(result('objc: a warning\n'))).toBe(false)
    expect(hasFailed(result(event(-2700)))).toBe(true)
    expect(hasFailed(result('', 1))).toBe(true)
    expect(hasFailed({ ...result(''), reason: 'timeout', exitCode: null })).toBe(true)
  })

  it.for([
    [
      'no permission',
      event(-1743, 'NOTE: utmctl does not work from SSH sessions or before logging in.'),
      'permission',
      'utm.error.automation',
    ],
    [
      'no permission, in Korean',
      'Error from event: 작업을 완료할 수 없습니다.(OSStatus 오류 -1743.)',
      'permission',
      'utm.error.automation',
    ],
    ['no session', event(-10004), 'permission', 'utm.error.automation'],
    ['an app that is not running', event(-600), 'unreachable', 'utm.error.notRunning'],
    ['no answer', event(-1712), 'timeout', 'utm.error.noAnswer'],
    ['a machine that is gone', event(-1728), 'not-found', 'error.machineGone'],
    [
      'no guest agent',
      event(-2700, 'The QEMU guest agent is not running or not installed on the guest.'),
      'unreachable',
      'utm.error.agent',
    ],
    [
      'a machine that is on',
      event(-2700, 'The virtual machine must be stopped before this operation can be performed.'),
      'wrong-state',
      'utm.error.notStopped',
    ],
    [
      'a name that is taken',
      event(-2700, 'An existing virtual machine already exists with this name.'),
      'already-exists',
      'utm.error.nameInUse',
    ],
    [
      'a memory that can’t be saved',
      event(-2700, 'Suspend is not supported when GPU acceleration is enabled.'),
      'unsupported',
      'utm.error.memory',
    ],
    [
      'a disk in use',
      event(-2700, 'QEMU exited from an error: Failed to get "write" lock'),
      'in-use',
      'qemu.error.locked',
    ],
    ['what nobody has met yet', event(-2700, '알 수 없는 오류'), 'tool-failed', 'error.toolSays'],
    [
      'a script, for a machine that is gone',
      '12:34: execution error: UTM got an error: Can’t get it. (-1728)',
      'not-found',
      'error.machineGone',
    ],
  ] as const)('says what is the matter: %s', ([, stderr, code, key]) => {
    const { error } = eventFailure(result(stderr), false)
    expect(error).toMatchObject({ code, message: { key } })
    expect(error.detail).toContain(stderr.trim().split('\n')[0])
    for (const locale of ['en', 'ko'] as const) expect(write(error.message, locale)).not.toMatch(/\{\w+\}/)
  })

  it('over SSH says that this is why, and not which switch to look for', () => {
    expect(eventFailure(result(event(-1743)), true).error).toMatchObject({
      code: 'permission',
      message: { key: 'utm.error.ssh' },
    })
  })

  it('for want of time is unknown, never gone', () => {
    expect(eventFailure({ ...result(''), reason: 'timeout', exitCode: null }, false).error.code).toBe('timeout')
  })
})
