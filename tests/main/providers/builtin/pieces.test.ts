import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatMemory, MiB } from '../../../../app/domain/units.ts'
import type { Definition } from '../../../../main/providers/builtin/definitions.ts'
import { makeOf } from '../../../../main/providers/builtin/definitions.ts'
import { isFloppy } from '../../../../main/providers/builtin/discs.ts'
import { openDrive } from '../../../../main/providers/builtin/emulator/disk.ts'
import { copyDisk, copyDiskNow } from '../../../../main/providers/builtin/emulator/disk-copy.ts'
import { bytesToType, createKeyboard } from '../../../../main/providers/builtin/emulator/keyboard.ts'
import { readMemory, writeMemory } from '../../../../main/providers/builtin/emulator/memory-file.ts'
import { createSerialOut } from '../../../../main/providers/builtin/emulator/serial-out.ts'
import { createSerialLine } from '../../../../main/providers/builtin/line.ts'
import { unfit } from '../../../../main/providers/builtin/memory.ts'
import { emulator } from '../../../../main/providers/builtin/program.ts'
import { meaningOf, restingState } from '../../../../main/providers/builtin/states.ts'
import { diskShare, diskUse } from '../../../../main/providers/common/files.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-pieces-'))
})
afterAll(() => rm(folder, { recursive: true }))

const definition: Definition = {
  version: 1,
  uuid: '00000000-0000-4000-8000-000000000000',
  name: 'one',
  createdAt: '2026-01-01T00:00:00.000Z',
  system: 'monitor',
  memoryBytes: 16 * MiB,
  diskBytes: 1024 * 1024,
  discPath: null,
  sharedFolder: null,
  network: { mode: 'none' },
  prepared: null,
}

describe('states of built-in machines', () => {
  it('says of a machine that is on what its thread does', () => {
    expect(meaningOf('running')).toEqual({ state: 'running', remark: null })
    expect(meaningOf('paused').state).toBe('paused')
    expect(meaningOf('full')).toEqual({
      state: 'paused',
      remark: { key: 'builtin.remark.noSpace' },
      needsHelp: true,
    })
    expect(meaningOf('stuck')).toEqual({ state: 'running', remark: { key: 'builtin.remark.fault' } })
  })

  it('says of one that is off how it ended', () => {
    const ended = (how: 'stopped' | 'crashed' | 'berth-ended') =>
      restingState({ version: 1, startedAt: '', ended: { at: '', how, said: 'RuntimeError: out of bounds\n  at x' } })
    expect(restingState(null).state).toBe('stopped')
    expect(ended('stopped')).toEqual({ state: 'stopped', remark: null })
    expect(ended('berth-ended')).toEqual({ state: 'crashed', remark: { key: 'builtin.remark.berthEnded' } })
    expect(ended('crashed').remark?.params).toEqual({ said: 'RuntimeError: out of bounds' })
  })
})

describe('a kept memory', () => {
  const memory = { make: makeOf(definition, emulator), sizeBytes: 1, checksum: 0 }

  it('fits the machine that it was kept of', () => {
    expect(unfit(memory, definition)).toBeNull()
  })

  it('does not fit another version of the emulator, nor another size, and says which', () => {
    const older = unfit({ ...memory, make: { ...memory.make, emulator: '0.4.0' } }, definition)?.error
    expect(older).toMatchObject({ code: 'wrong-state', message: { key: 'builtin.error.otherVersion' } })
    expect(older?.message.params).toEqual({ theirs: '0.4.0', ours: emulator })
    const larger = unfit(memory, { ...definition, memoryBytes: 32 * MiB })?.error
    expect(larger?.message).toEqual({
      key: 'builtin.error.otherHardware',
      params: { theirs: formatMemory(16 * MiB, 'en'), ours: formatMemory(32 * MiB, 'en') },
    })
  })

  it.each([
    ['ends with nothing', [[0, 3000]]],
    ['begins with nothing', [[90_000, 10_000]]],
    [
      'has something here and there',
      [
        [17_000, 1],
        [80_000, 9_000],
        [99_999, 1],
      ],
    ],
    ['is empty', []],
  ] as const)('takes no space for what is empty, and is the same when it is read: %s', async (_what, filled) => {
    const path = join(folder, 'sparse.bin')
    const bytes = new Uint8Array(MiB)
    for (const [from, length] of filled) bytes.fill(7, from, from + length)
    const written = writeMemory(path, [bytes], true)
    expect(Buffer.from(await readMemory(written)).equals(bytes)).toBe(true)
    expect((await stat(path)).blocks * 512).toBeLessThan(200_000)
  })

  it('is read back as it was written, and not when a bit of it is another or its end is missing', async () => {
    const path = join(folder, 'memory.bin')
    const bytes = Uint8Array.from({ length: 5000 }, (_, index) => index)
    const written = writeMemory(path, [bytes], true)
    expect(new Uint8Array(await readMemory(written))).toEqual(bytes)
    const damaged = Buffer.from(bytes)
    damaged[2500] = 1
    await writeFile(path, damaged)
    await expect(readMemory(written)).rejects.toMatchObject({ code: 'DAMAGED' })
    await truncate(path, 4999)
    await expect(readMemory(written)).rejects.toMatchObject({ code: 'DAMAGED' })
    await rm(path)
    await expect(readMemory(written)).rejects.toMatchObject({ code: 'DAMAGED' })
  })
})

describe('disks', () => {
  it.each([
    ['in its own thread', async (from: string, to: string) => copyDiskNow(from, to)],
    ['beside everything else', copyDisk],
  ])('are copied whole, without filling their holes, %s', async (_where, copy) => {
    const from = join(folder, 'from.img')
    const to = join(folder, 'to.img')
    await writeFile(from, 'begin')
    await truncate(from, 40 * 1024 * 1024)
    const file = await readFile(from)
    file.write('in the middle', 20 * 1024 * 1024)
    await writeFile(from, file)
    await copy(from, to)
    expect((await readFile(to)).equals(file)).toBe(true)
    expect((await stat(to)).blocks * 512).toBeLessThan(8 * 1024 * 1024)
  })

  it('leave nothing half there when they cannot be copied', async () => {
    const to = join(folder, 'absent.img')
    await expect(copyDisk(join(folder, 'nothing.img'), to)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(() => copyDiskNow(join(folder, 'nothing.img'), to)).toThrow()
    await expect(stat(`${to}.part`)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('have what the guest wrote before the guest is told so', async () => {
    const path = join(folder, 'drive.img')
    await writeFile(path, Buffer.alloc(2048))
    const { drive, close } = openDrive(path, { writable: true, full() {} })
    let isTold = false
    drive.set(512, new Uint8Array([1, 2, 3]), () => {
      isTold = true
    })
    expect(isTold).toBe(true)
    expect([...(await readFile(path)).subarray(511, 516)]).toEqual([0, 1, 2, 3, 0])
    drive.get(512, 4, (bytes) => expect([...bytes]).toEqual([1, 2, 3, 0]))
    close()
  })

  it('are copied with what was written since the last copy, which read nothing there', async () => {
    const path = join(folder, 'drive.img')
    const [first, second] = [join(folder, 'first.img'), join(folder, 'second.img')]
    const MiB = 1024 * 1024
    await writeFile(path, '')
    await truncate(path, 3 * MiB + 512)
    const { drive, copy, close } = openDrive(path, { writable: true, full() {} })
    copy(first)
    // Across the border of two chunks.
    drive.set(2 * MiB - 512, new Uint8Array(1024).fill(5), () => {})
    copy(second)
    close()
    expect((await readFile(first)).equals(Buffer.alloc(3 * MiB + 512))).toBe(true)
    expect((await readFile(second)).equals(await readFile(path))).toBe(true)
    expect((await readFile(second)).indexOf(5)).toBe(2 * MiB - 512)
  })

  it('that nothing was written to since the last copy share it while it is there', async () => {
    const path = join(folder, 'still.img')
    const at = (name: string): string => join(folder, `still-${name}.img`)
    await writeFile(path, Buffer.alloc(4096, 7))
    const { drive, copy, copyBytes, close } = openDrive(path, { writable: true, full() {} })
    expect(copyBytes()).toBe(4096)
    copy(at('kept'))
    expect(copyBytes()).toBe(0)
    copy(at('same'))
    expect((await stat(at('same'))).ino).toBe((await stat(at('kept'))).ino)
    expect(await diskUse(at('same'))).toBe(2 * (await diskShare(at('same'))))

    drive.set(0, new Uint8Array([1]), () => {})
    copy(at('changed'))
    expect((await readFile(at('changed')))[0]).toBe(1)
    expect((await readFile(at('same')))[0]).toBe(7)

    await rm(at('changed'))
    copy(at('again'))
    close()
    expect((await readFile(at('again'))).equals(await readFile(path))).toBe(true)
  })

  it('of a person are not written to', async () => {
    const path = join(folder, 'disc.iso')
    await writeFile(path, Buffer.alloc(2048, 7))
    const { drive, close } = openDrive(path, { writable: false, full() {} })
    drive.set(0, new Uint8Array([1]), () => {})
    close()
    expect((await readFile(path))[0]).toBe(7)
  })

  it('go into the floppy drive when they are as small as a floppy and no CD', async () => {
    const floppy = join(folder, 'floppy.img')
    await writeFile(floppy, Buffer.alloc(1_474_560))
    expect(await isFloppy(floppy)).toBe(true)
    const small = Buffer.alloc(400_000)
    small.write('CD001', 0x8001, 'latin1')
    await writeFile(floppy, small)
    expect(await isFloppy(floppy)).toBe(false)
    await truncate(floppy, 10_000_000)
    expect(await isFloppy(floppy)).toBe(false)
  })
})

describe('typing into a screen', () => {
  it('presses the keys of a keyboard of the United States, with Shift where it must', () => {
    expect(bytesToType('a')).toEqual([0x1e, 0x9e])
    expect(bytesToType('A')).toEqual([0x2a, 0x1e, 0x9e, 0xaa])
    expect(bytesToType('?')).toEqual([0x2a, 0x35, 0xb5, 0xaa])
    expect(bytesToType('\n')).toEqual([0x1c, 0x9c])
    expect(bytesToType('한')).toEqual([])
  })

  it('is not faster than the guest reads, so that nothing is lost', async () => {
    const sent: number[] = []
    let unread = 0
    const keyboard = createKeyboard(
      (bytes) => {
        sent.push(...bytes)
        unread += bytes.length
      },
      () => unread,
    )
    keyboard.type('hello there'.repeat(5))
    expect(sent.length).toBeLessThan(32)
    while (sent.length < 55 * 2) {
      unread = 0
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(sent).toHaveLength(110)
  })
})

describe('a serial line', () => {
  it('is in the log before it is said, and makes the guest wait for who does not take it', async () => {
    const path = join(folder, 'serial.log')
    const holds: boolean[] = []
    let said = 0
    const out = createSerialOut(path, {
      said: (bytes, log) => {
        said += bytes.length
        expect(log.end).toBe(said)
      },
      hold: (isHeld) => holds.push(isHeld),
    })
    for (let byte = 0; byte < 1_200_000; byte += 1) out.put(byte & 0xff)
    out.flush()
    expect(said).toBe(1_200_000)
    expect((await stat(path)).size).toBe(1_200_000)
    expect(holds).toEqual([true])
    out.taken(1_000_000)
    expect(holds).toEqual([true, false])
    out.close()
  })

  it('counts as taken what the slowest has taken, and at once when nobody listens', () => {
    const line = createSerialLine()
    let taken = 0
    line.plug({
      write() {},
      taken: (bytes) => {
        taken += bytes
      },
    })
    const log = { file: 1, end: 10 }
    line.said(new Uint8Array(10), log)
    expect(taken).toBe(10)
    const fast = line.connect({ said() {}, ended() {} })
    const slow = line.connect({ said() {}, ended() {} })
    line.said(new Uint8Array(10), { file: 1, end: 20 })
    fast.taken(10)
    expect(taken).toBe(10)
    slow.taken(4)
    expect(taken).toBe(14)
    slow.close()
    expect(taken).toBe(20)
    fast.close()
  })
})
