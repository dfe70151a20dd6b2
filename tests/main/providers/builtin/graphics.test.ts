import { copyFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { MachineId } from '../../../../app/domain/ids.ts'
import type { ScreenTakes } from '../../../../app/domain/screen.ts'
import { MiB } from '../../../../app/domain/units.ts'
import { bios } from '../../../../main/providers/builtin/program.ts'
import type { ScreenEvents, ScreenSource } from '../../../../main/screen/source.ts'
import { errorFrom, op } from '../../../conformance/ground.ts'
import { type BuiltinGround, builtinGround } from '../../../support/builtin-ground.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const guest = fileURLToPath(new URL('../../../support/guest/graphics-guest.bin', import.meta.url))
const floppyBytes = 1_474_560

// As v86 makes eight bits of a VGA card's six: two more that repeat the last.
const red = 0xa80000
const green = 0x00a800
const blue = 0x0000a8
const yellow = 0xffff57
const white = 0xffffff

describe('a built-in machine that draws', () => {
  let ground: BuiltinGround
  let folder = ''
  let id: MachineId
  let source: ScreenSource
  const shown = watcher()
  beforeAll(async () => {
    ground = await builtinGround()
    folder = await mkdtemp(join(tmpdir(), 'berth-graphics-'))
    const isoPath = join(folder, 'floppy.img')
    await copyFile(guest, isoPath)
    await truncate(isoPath, floppyBytes)
    const pc = { memoryBytes: 32 * MiB, guest: 'pc', disk: { from: 'none' }, isoPath } as const
    const biosFiles = { system: join(folder, 'bios.bin'), graphics: join(folder, 'vga.bin') }
    await copyFile(bios.biosPath, biosFiles.system)
    await copyFile(bios.vgaBiosPath, biosFiles.graphics)
    id = await ground.make('draws', { ...pc, biosFiles })
    // The machine has copies.
    await rm(biosFiles.system)
    await rm(biosFiles.graphics)
    await ground.provider.power.start(id, op())
    const opened = await ground.provider.screens?.open(id, 'screen0', { takeOver: false }, shown.events, op())
    if (opened === undefined) throw new Error('no screens')
    source = opened
    shown.follow(source)
  })
  afterAll(async () => {
    source?.close()
    await ground.leave()
    await rm(folder, { recursive: true })
  })

  it('shows what it draws, in its colours, with a BIOS that was chosen by hand', async () => {
    await expect.poll(() => shown.size(), { timeout: 60_000 }).toEqual({ width: 320, height: 200 })
    await expect.poll(() => shown.colour(10, 10)).toBe(red)
    await expect.poll(() => shown.colour(310, 190)).toBe(green)
    await expect.poll(() => shown.colour(161, 101)).toBe(yellow)
    expect(shown.colour(159, 100)).toBe(red)
  })

  it('takes the pointer once its driver has started, and moves with it', async () => {
    await expect.poll(() => shown.takes()?.pointer, { timeout: 30_000 }).toBe('relative')
    const before = shown.find(yellow)
    source.pointer({ kind: 'by', dx: 40, dy: 20, buttons: 0, wheelX: 0, wheelY: 0 })
    await expect.poll(() => shown.find(yellow)).toEqual({ x: (before?.x ?? 0) + 40, y: (before?.y ?? 0) + 20 })
    source.pointer({ kind: 'by', dx: -90, dy: -50, buttons: 1, wheelX: 0, wheelY: 0 })
    await expect.poll(() => shown.find(white)).toEqual({ x: (before?.x ?? 0) - 50, y: (before?.y ?? 0) - 30 })
    source.pointer({ kind: 'by', dx: 1, dy: 0, buttons: 0, wheelX: 0, wheelY: 0 })
    await expect.poll(() => shown.find(white)).toBeNull()
  })

  it('takes keys, and goes back to text', async () => {
    source.key('KeyB', true)
    source.key('KeyB', false)
    await expect.poll(() => shown.colour(10, 10)).toBe(blue)
    expect(shown.colour(310, 190)).toBe(blue)
    source.key('Escape', true)
    source.key('Escape', false)
    await expect.poll(() => shown.textSize()).toEqual({ columns: 80, rows: 25 })
  })

  it('says which file is no BIOS before anything is made', async () => {
    const file = async (name: string, bytes: Buffer): Promise<string> => {
      const path = join(folder, name)
      await writeFile(path, bytes)
      return path
    }
    const system = bios.biosPath
    const graphics = bios.vgaBiosPath
    const blank = await file('blank', Buffer.alloc(128 * 1024))
    const odd = await file('odd', Buffer.alloc(100_000, 0xea))
    const large = await file('large', Buffer.alloc(256 * 1024, 0xea))
    const rom = Buffer.alloc(1024)
    rom.set([0x55, 0xaa, 2])
    const damaged = await file('damaged', Buffer.from(rom))
    const cases = [
      [{ system: blank, graphics }, 'biosFiles.system', 'builtin.error.biosStart'],
      [{ system: odd, graphics }, 'biosFiles.system', 'builtin.error.biosSize'],
      [{ system: large, graphics }, 'biosFiles.system', 'builtin.error.biosSize'],
      [{ system, graphics: blank }, 'biosFiles.graphics', 'builtin.error.vgaBiosSize'],
      [{ system, graphics: system }, 'biosFiles.graphics', 'builtin.error.vgaBiosSize'],
      [{ system, graphics: damaged }, 'biosFiles.graphics', 'builtin.error.vgaBiosSum'],
      [{ system, graphics: join(folder, 'gone') }, 'biosFiles.graphics', 'kept.error.file'],
    ] as const
    const before = await ground.provider.list('builtin:local', op())
    for (const [biosFiles, field, key] of cases) {
      const error = await errorFrom(ground.make('none', { guest: 'pc', disk: { from: 'none' }, biosFiles }))
      expect(error).toMatchObject({ field, message: { key } })
    }
    expect(await ground.provider.list('builtin:local', op())).toHaveLength(before.length)
  })
})

interface Place {
  readonly x: number
  readonly y: number
}

function watcher() {
  let size = { width: 0, height: 0 }
  let textSize: { readonly columns: number; readonly rows: number } | null = null
  let pixels = new Uint8Array(0)
  let takes: ScreenTakes | null = null
  let followed: ScreenSource | null = null
  const again = (): void => queueMicrotask(() => followed?.next())
  const events: ScreenEvents = {
    text(columns, rows) {
      textSize = { columns, rows }
      again()
    },
    cells: again,
    cursor: again,
    pixels(width, height) {
      size = { width, height }
      textSize = null
      pixels = new Uint8Array(width * height * 4)
      again()
    },
    area(where, bytes) {
      for (let row = 0; row < where.height; row += 1) {
        const from = row * where.width * 4
        pixels.set(bytes.subarray(from, from + where.width * 4), ((where.y + row) * size.width + where.x) * 4)
      }
      again()
    },
    picture() {},
    takes(next) {
      takes = next
    },
    ended() {},
  }
  const colour = (x: number, y: number): number => {
    const at = (y * size.width + x) * 4
    return ((pixels[at] ?? 0) << 16) | ((pixels[at + 1] ?? 0) << 8) | (pixels[at + 2] ?? 0)
  }
  return {
    events,
    follow(source: ScreenSource): void {
      followed = source
      takes = source.takes
      source.next()
    },
    size: () => size,
    textSize: () => textSize,
    takes: () => takes,
    colour,
    /** The first pixel of a colour, from the top; null when there is none. */
    find(wanted: number): Place | null {
      for (let y = 0; y < size.height; y += 1) {
        for (let x = 0; x < size.width; x += 1) if (colour(x, y) === wanted) return { x, y }
      }
      return null
    },
  }
}
