import { describe, expect, test } from 'vitest'
import { maskPrivate, writeReport } from '../../../app/domain/report.ts'

describe('a report', () => {
  test('says what was tried, on what, and every command with its output and exit code', () => {
    const report = writeReport({
      system: { appVersion: '0.1.0', osName: 'Debian 12', arch: 'x64', shell: 'electron', hostName: 'harbour' },
      provider: 'QEMU 7.2.22',
      task: {
        verb: 'start',
        state: 'failed',
        machineName: 'win10-legacy',
        subject: null,
        startedAt: '2026-11-23T14:41:00.000Z',
        endedAt: '2026-11-23T14:41:01.800Z',
      },
      error: {
        code: 'tool-failed',
        message: { key: 'error.toolFailed.exit', params: { tool: 'qemu-system-x86_64', code: 1 } },
        hint: null,
        detail: 'could not open /home/sena/disks/a.qcow2',
        field: null,
      },
      commands: [
        {
          kind: 'process',
          line: 'qemu-system-x86_64 -nodefaults',
          startedAt: '2026-11-23T14:41:00.000Z',
          durationMs: 1800,
          exitCode: 1,
          outcome: 'failed',
          output: 'harbour: no such file\n',
        },
        {
          kind: 'qmp',
          line: '{"execute":"quit"}',
          startedAt: '2026-11-23T14:41:01.000Z',
          durationMs: 3,
          exitCode: null,
          outcome: 'ok',
          output: null,
        },
      ],
    })
    expect(report).toBe(`Couldn’t start win10-legacy
Berth 0.1.0 (electron) on Debian 12, x64
QEMU 7.2.22
2026-11-23T14:41:00.000Z to 2026-11-23T14:41:01.800Z: failed

tool-failed: qemu-system-x86_64 failed with exit code 1.

could not open ~/disks/a.qcow2

$ qemu-system-x86_64 -nodefaults
…: no such file
exit code 1, after 1.8 s

→ {"execute":"quit"}
ok, after 0.0 s
`)
  })

  test('is written from an error alone', () => {
    const error = { code: 'bug', message: { key: 'error.bug' }, hint: null, detail: null, field: null } as const
    expect(writeReport({ system: null, task: null, error, commands: [], provider: null })).toBe(
      'bug: Something went wrong in Berth.\n',
    )
  })
})

describe('masking', () => {
  test.each([
    ['/home/sena/disks/a.qcow2', '~/disks/a.qcow2'],
    ['/Users/Sena Kim/x', '~ Kim/x'],
    ['C:\\Users\\sena\\AppData', '~\\AppData'],
    ['owned by sena, in /home/sena', 'owned by …, in ~'],
    ['connect to 192.168.0.17:2222', 'connect to x.x.x.x:2222'],
    ['listening on 127.0.0.1:2222 and 0.0.0.0', 'listening on 127.0.0.1:2222 and 0.0.0.0'],
    ['fe80::5054:ff:fe12:3456%eth0', 'x::x%eth0'],
    ['2001:db8:0:1:1:1:1:1 is up', 'x::x is up'],
    ['52:54:00:12:34:56', 'xx:xx'],
    ['at 14:41:02 and 2026-11-23T14:41:01.800Z', 'at 14:41:02 and 2026-11-23T14:41:01.800Z'],
    ['version 7.2.22.1 of 1234.5.6.7', 'version x.x.x.x of 1234.5.6.7'],
    ['-p 8080:80 image:16', '-p 8080:80 image:16'],
    ['sha256:0123abcd:latest', 'sha256:0123abcd:latest'],
  ])('turns %j into %j', (text, masked) => {
    expect(maskPrivate(text)).toBe(masked)
  })

  test('takes out the words it is told', () => {
    expect(maskPrivate('harbour-2 is not harbour', ['harbour'])).toBe('harbour-2 is not …')
  })
})
