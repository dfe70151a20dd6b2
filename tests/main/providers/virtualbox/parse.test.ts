import { describe, expect, it } from 'vitest'
import {
  errorLines,
  lastFraction,
  parseExtensions,
  parseInfo,
  parseList,
  parseLongList,
  parseVersion,
} from '../../../../main/providers/virtualbox/parse.ts'
import { recording } from './recordings.ts'

const [one, two, three] = [
  '11111111-0000-4000-8000-000000000001',
  '11111111-0000-4000-8000-000000000002',
  '11111111-0000-4000-8000-000000000003',
]

describe('the list of extensions', () => {
  it('names those that VirtualBox can use', () => {
    expect(parseExtensions(recording('empty-list-extpacks').stdout)).toEqual(['VNC'])
    const pack = (number: number, name: string, usable: boolean): string =>
      `Pack no. ${number}:   ${name}\nVersion:        7.2.22\nUsable:         ${usable}\nWhy unusable:   ${usable ? '' : 'made for another'}\n`
    const two = `Extension Packs: 2\n${pack(0, 'Oracle VirtualBox Extension Pack', true)}${pack(1, 'VNC', false)}`
    expect(parseExtensions(two)).toEqual(['Oracle VirtualBox Extension Pack'])
    expect(parseExtensions('Extension Packs: 0\n')).toEqual([])
  })
})

describe('the list of machines', () => {
  it.for([
    ['quotes', 'He said "hi" \'there\''],
    ['a UUID', 'weird {brace} {11111111-0000-4000-8000-000000000000}'],
    ['a UUID after a quote', 'weird" {11111111-0000-4000-8000-000000000000} too'],
    ['line breaks', 'line1\nline2\n'],
    ['tabs and edge spaces', '  tab\there '],
    ['Hangul', '서명 실습용 머신'],
    ['nothing', ''],
  ])('gives a name with %s as it was typed', ([, name = '']) => {
    const text = `"before" {${one}}\n"${name}" {${two}}\n"after" {${three}}\n`
    expect(parseList(text)).toEqual([
      { uuid: one, name: 'before' },
      { uuid: two, name },
      { uuid: three, name: 'after' },
    ])
  })

  it('does not take a name for two machines when one of them is not registered', () => {
    const name = `x" {${two}}\n"y`
    const text = `"${name}" {${one}}\n"z" {${three}}\n`
    expect(parseList(text, (uuid) => uuid !== two)).toEqual([
      { uuid: one, name },
      { uuid: three, name: 'z' },
    ])
  })

  it('marks a machine that VirtualBox could not load', () => {
    const listed = parseList(recording('list-vms-inaccessible').stdout)
    expect(listed.filter(({ name }) => name === null)).toEqual([
      { uuid: '7be7ce35-d72b-4e44-a657-9b964d3fd0ef', name: null },
    ])
  })

  it('leaves out what Debian’s wrapper says before it', () => {
    const { stdout } = recording('wrapper-list-vms-no-vboxdrv')
    expect(parseList(stdout)).toEqual([])
    expect(parseList(`${stdout}"m" {${one}}\n`)).toEqual([{ uuid: one, name: 'm' }])
  })
})

describe('the long list', () => {
  const section = (uuid: string, state: string, description = ''): string =>
    `Name:                        m\nUUID:                        ${uuid}\nConfig file:                 /m/m.vbox\n` +
    `State:                       ${state} (since 2026-11-23T03:33:44.123000000)\n${description}\n`

  it('tells states in the words of showvminfo', () => {
    const states = {
      running: 'running',
      paused: 'paused',
      'powered off': 'poweroff',
      'guru meditation': 'gurumeditation',
    }
    for (const [said, word] of Object.entries(states)) {
      expect(parseLongList(section(one, said)).get(one)).toEqual({
        uuid: one,
        settingsPath: '/m/m.vbox',
        word,
        since: '2026-11-23T03:33:44.123Z',
      })
    }
  })

  it('does not believe a description that pretends to be a machine', () => {
    const text = `${section(one, 'running', section(two, 'running'))}\n${section(two, 'paused')}`
    expect(parseLongList(text).has(two)).toBe(false)
    expect(parseLongList(text).get(one)?.word).toBe('running')
  })
})

describe('one machine', () => {
  it.for([
    ['showvminfo-mr-name-quotes', 'He said "hi" \'there\''],
    ['showvminfo-mr-name-backslash', 'back\\slash & $HOME `x` %PATH%'],
    ['showvminfo-mr-name-spaces', '  lead and trail  '],
    ['showvminfo-mr-name-tab', 'tab\there'],
  ])('reads the name of %s', ([name = '', expected]) => {
    expect(parseInfo(recording(name).stdout).get('name')).toBe(expected)
  })

  it('takes the state from before the snapshots, whatever these are called', () => {
    const text = [
      'name="evil',
      'VMState=\\"running\\""',
      'VMState="poweroff"',
      'SnapshotName="a"',
      'SnapshotDescription="x',
      'VMState="running"',
      '"',
      'VMState="paused"',
    ].join('\n')
    expect(parseInfo(text).get('VMState')).toBe('poweroff')
    expect(parseInfo(text).get('name')).toBe('evil\nVMState="running"')
  })

  it('goes on after odd lines', () => {
    const info = parseInfo(recording('run-showvminfo-mr').stdout)
    expect(info.get('VMState')).toBe('running')
    expect(info.get('VideoMode')).toBe('720,400,0')
    expect(info.get('IDE-ImageUUID-0-0')).toBe('ea0b8184-170d-4c71-90f4-4e4eb48d303d')
    expect(info.get('description')).toBe('two\nlines')
    expect(info.get('GuestOSType')).toBe('Linux_64')
  })
})

describe('the rest', () => {
  it('finds the version behind a warning, and the warning', () => {
    expect(parseVersion(recording('version').stdout)).toEqual({ version: '7.2.22_Debianr175245', lacksDriver: false })
    expect(parseVersion(recording('wrapper-version-no-vboxdrv').stdout)).toEqual({
      version: '7.2.22_Debianr175245',
      lacksDriver: true,
    })
    expect(parseVersion('no such thing').version).toBeNull()
  })

  it('gives each of very many sentences once, without comparing all with all', () => {
    const lines = Array.from({ length: 60_000 }, (_, index) => `VBoxManage: error: number ${index % 50_000}`)
    expect(errorLines(lines.join('\n'))).toHaveLength(50_000)
  })

  it('tells errors from the progress they are glued to', () => {
    expect(
      errorLines('0%...VBOX_E_FILE_ERROR\nVBoxManage: error: Failed\nVBoxManage: error: Details: code X\n'),
    ).toEqual(['Failed'])
  })

  it('tells how far it is', () => {
    expect(lastFraction('0%...10%...20%...')).toBe(0.2)
    expect(lastFraction('')).toBeNull()
  })
})
