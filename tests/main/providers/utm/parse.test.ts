import { describe, expect, it } from 'vitest'
import {
  parseAddresses,
  parseAttach,
  parseEventError,
  parseHasCommand,
  parseList,
  parseOsRelease,
  parseStatus,
} from '../../../../main/providers/utm/parse.ts'
import { hostileNames } from '../../../conformance/hostile-names.ts'

const heading = 'UUID                                 Status   Name'
const uuid = (last: number): string => `8EB11628-544C-44BF-9EDE-4A65A616BE${String(last).padStart(2, '0')}`
const row = (last: number, status: string, name: string): string => `${uuid(last)} ${status.padEnd(8)} ${name}`
const listOf = (...rows: readonly string[]): string => `${[heading, ...rows].join('\n')}\n`

describe('the list of machines', () => {
  it('is read by its columns, so that a name may hold spaces, Hangul and edges of spaces', () => {
    const text = listOf(
      row(1, 'started', 'Dev Server'),
      row(2, 'stopped', '서명 실습용 머신'),
      row(3, 'paused', '  a  b '),
    )
    expect(parseList(text)).toEqual([
      { uuid: uuid(1), status: 'started', name: 'Dev Server' },
      { uuid: uuid(2), status: 'stopped', name: '서명 실습용 머신' },
      { uuid: uuid(3), status: 'paused', name: '  a  b ' },
    ])
  })

  it('may be empty, and hold a machine without a name', () => {
    expect(parseList(listOf())).toEqual([])
    expect(parseList(listOf(row(1, 'stopped', '')))).toEqual([{ uuid: uuid(1), status: 'stopped', name: '' }])
  })

  it('is not taken for empty when nobody listed anything', () => {
    for (const text of ['', 'zsh: killed', 'UUID rubbish\nUUID rubbish\n']) expect(parseList(text)).toBeNull()
  })

  it('holds every hostile name exactly once the bundles have said what the machines are called', () => {
    const names = [
      ...hostileNames,
      `fake\n${row(99, 'started', 'not a machine')}`,
      'ends in a break\n',
      '\n\n',
      heading,
    ]
    const known = new Map(names.map((name, index) => [uuid(index), name]))
    const text = listOf(...names.map((name, index) => row(index, 'stopped', name)))
    expect(parseList(text, (id) => known.get(id) ?? null)?.map(({ name }) => name)).toEqual(names)
  })

  it('goes on with a name over lines that are no rows when nobody knows the name', () => {
    expect(parseList(listOf(row(1, 'stopped', 'first'), 'second line', row(2, 'started', 'x')))).toEqual([
      { uuid: uuid(1), status: 'stopped', name: 'first\nsecond line' },
      { uuid: uuid(2), status: 'started', name: 'x' },
    ])
  })

  it('passes over warnings before the heading and keeps words it does not know', () => {
    expect(parseList(`objc[123]: a warning\n${listOf(row(1, 'dreaming', 'x'))}`)).toEqual([
      { uuid: uuid(1), status: 'dreaming', name: 'x' },
    ])
  })
})

describe('what else utmctl says', () => {
  it('is one word for a status, after whatever warned before', () => {
    expect(parseStatus('started\n')).toBe('started')
    expect(parseStatus('objc: warning\nstopped\n')).toBe('stopped')
    expect(parseStatus('\n')).toBeNull()
  })

  it('names a serial port’s device or port after its warnings, or nothing', () => {
    const warning = `${['WARNING: attach command is not', 'implemented yet!'].join(' ')}\n`
    expect(parseAttach(`${warning}PTTY: /dev/ttys003\n`)).toEqual({ kind: 'device', path: '/dev/ttys003' })
    expect(parseAttach(`${warning}${warning}TCP: 127.0.0.1:4444\n`)).toEqual({
      kind: 'tcp',
      host: '127.0.0.1',
      port: 4444,
    })
    expect(parseAttach(`${warning}TCP: ::1:4444\n`)).toEqual({ kind: 'tcp', host: '::1', port: 4444 })
    for (const text of [warning, '', 'PTTY: \n', 'TCP: 127.0.0.1:99999\n', 'PTTY: relative\n']) {
      expect(parseAttach(text)).toBeNull()
    }
  })

  it('gives addresses that lead somewhere, and passes over what is none', () => {
    expect(parseAddresses('192.168.64.5\nfd12::5\nfe80::1\n169.254.1.2\nerror: no\n\n')).toEqual([
      '192.168.64.5',
      'fd12::5',
    ])
    expect(parseAddresses('')).toEqual([])
  })

  it('lists its subcommands, among which snapshots may be', () => {
    const help = (names: readonly string[]): string =>
      `OVERVIEW: snapshot\n\nSUBCOMMANDS:\n${names.map((name) => `  ${name.padEnd(24)}Does it.`).join('\n')}\n`
    expect(parseHasCommand(help(['list', 'snapshot']), 'snapshot')).toBe(true)
    expect(parseHasCommand(help(['list', 'snapshots-of-old']), 'snapshot')).toBe(false)
    expect(parseHasCommand('', 'snapshot')).toBe(false)
  })

  it('says why an event failed by a number, in any language', () => {
    const cases: readonly (readonly [string, number | null])[] = [
      ['Error from event: The operation couldn’t be completed. (OSStatus error -1743.)', -1743],
      ['Error from event: 작업을 완료할 수 없습니다.(OSStatus 오류 -600.)', -600],
      ['12:34: execution error: UTM got an error: Can’t get virtual machine. (-1728)', -1728],
      ['Error: Virtual machine not found.', null],
    ]
    for (const [text, number] of cases) expect(parseEventError(text)).toBe(number)
  })
})

describe('a guest’s os-release', () => {
  it('gives the system’s name, quoted or not', () => {
    expect(parseOsRelease('NAME=Debian\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n')).toBe(
      'Debian GNU/Linux 12 (bookworm)',
    )
    expect(parseOsRelease('PRETTY_NAME=Alpine\n')).toBe('Alpine')
    for (const text of ['', 'PRETTY_NAME=\n', `PRETTY_NAME=${'x'.repeat(300)}`]) expect(parseOsRelease(text)).toBeNull()
  })
})
