import { describe, expect, test } from 'vitest'
import { GB, GiB, MiB } from '../../../../app/domain/units.ts'
import { guessFormat, nameFromFile, nameFromImage, uniqueName } from '../../../../renderer/views/create/propose.ts'
import { cores, disk, memory } from '../../../../renderer/views/create/quantities.ts'
import { splitWords } from '../../../../renderer/views/create/split-words.ts'

describe('a proposed name', () => {
  test.each([
    ['/iso/ubuntu-24.04.1-live-server-amd64.iso', 'ubuntu-24.04.1'],
    ['C:\\iso\\Win11_24H2_Korean_x64.iso', 'Win11-24H2-Korean'],
    ['/a/debian-13.2.0-amd64-netinst.iso', 'debian-13.2.0'],
    ['/a/실습용 우분투.qcow2', '실습용-우분투'],
    ['/a/disk1.img', 'disk1'],
    ['/a/.iso', ''],
  ])('comes from the file %j as %j', (path, name) => {
    expect(nameFromFile(path)).toBe(name)
  })

  test.each([
    ['postgres:16', 'postgres'],
    ['ghcr.io/owner/web-api:3.1@sha256:00', 'web-api'],
    ['localhost:5000/team/app', 'app'],
  ])('comes from the image %j as %j', (reference, name) => {
    expect(nameFromImage(reference)).toBe(name)
  })

  test('is the first that nobody has', () => {
    expect(uniqueName('web', new Set())).toBe('web')
    expect(uniqueName('web', new Set(['web', 'web-2']))).toBe('web-3')
  })
})

describe('a guessed disk format', () => {
  test('follows the extension and is unknown without one', () => {
    expect(guessFormat('/a/B.QCOW2')).toBe('qcow2')
    expect(guessFormat('/a/disk.img')).toBe('raw')
    expect(guessFormat('/a/disk.vhdx')).toBe('vhdx')
    expect(guessFormat('/a.qcow2/disk')).toBeNull()
  })
})

describe('a typed quantity', () => {
  test('of memory goes by powers of two and means GB without a unit', () => {
    expect(memory.read('4')).toBe(4 * GiB)
    expect(memory.read('4 GB')).toBe(4 * GiB)
    expect(memory.read('512mb')).toBe(512 * MiB)
    expect(memory.read('1,5 G')).toBe(1.5 * GiB)
    expect(memory.read('lots')).toBeNull()
    expect(memory.write(8 * GiB)).toBe('8 GB')
    expect(memory.write(768 * MiB)).toBe('768 MB')
  })

  test('of a disk goes by powers of ten', () => {
    expect(disk.read('40')).toBe(40 * GB)
    expect(disk.read('1.5 TB')).toBe(1500 * GB)
    expect(disk.write(40 * GB)).toBe('40 GB')
  })

  test('of cores is a whole number, with or without a word', () => {
    expect(cores.read(' 4 cores')).toBe(4)
    expect(cores.read('4코어')).toBe(4)
    expect(cores.read('1.5')).toBeNull()
    expect(cores.read('')).toBeNull()
  })
})

describe('a typed command', () => {
  test.each([
    ['', []],
    ['  nginx  -g "daemon off;" ', ['nginx', '-g', 'daemon off;']],
    [`sh -c 'echo "$HOME"'`, ['sh', '-c', 'echo "$HOME"']],
    ['a\\ b ""', ['a b', '']],
    [`"a\\"b" 'c\\d'`, ['a"b', 'c\\d']],
  ])('%j is %j', (line, words) => {
    expect(splitWords(line)).toEqual(words)
  })

  test('is not a command while a quote is open', () => {
    expect(splitWords('echo "hi')).toBeNull()
    expect(splitWords("echo 'hi")).toBeNull()
  })
})
