import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32 } from 'node:zlib'
import { V86 } from 'v86'
import { afterEach, describe, expect, it } from 'vitest'
import { type Internals, internalsOf } from '../../../../main/providers/builtin/emulator/internals.ts'
import { readMemory, writeMemory } from '../../../../main/providers/builtin/emulator/memory-file.ts'
import { stateParts } from '../../../../main/providers/builtin/emulator/state.ts'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const MiB = 1024 * 1024

type Plain = Internals & { save_state(): ArrayBuffer; restore_state(state: ArrayBuffer): void }

const emulators: V86[] = []

afterEach(async () => {
  for (const emulator of emulators.splice(0)) await emulator.destroy()
})

/** v86 with Berth's guest, standing still at its prompt. */
async function guest(): Promise<{ readonly emulator: V86; readonly plain: Plain; said(): string }> {
  let text = ''
  const emulator = new V86({
    wasm_path: here('../../../../node_modules/v86/build/v86.wasm'),
    bios: { url: here('../../../../assets/guest/monitor.rom') },
    memory_size: 16 * MiB,
    vga_memory_size: MiB,
    hda: { buffer: new ArrayBuffer(MiB) },
    acpi: true,
    autostart: true,
  })
  emulators.push(emulator)
  emulator.add_listener('serial0-output-byte', (byte: number) => {
    text += String.fromCharCode(byte)
  })
  await saying(emulator, () => text.endsWith('\n> '))
  await emulator.stop()
  return { emulator, plain: internalsOf(emulator) as Plain, said: () => text }
}

function saying(emulator: V86, isSaid: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const listen = (): void => {
      if (!isSaid()) return
      emulator.remove_listener('serial0-output-byte', listen)
      resolve()
    }
    emulator.add_listener('serial0-output-byte', listen)
  })
}

describe("a machine's state", () => {
  it('is byte for byte what the emulator itself would keep', async () => {
    const { plain } = await guest()
    // Some of its memory lies alone, some side by side, some at the very end.
    const { mem8 } = plain.cpu
    mem8[5 * MiB] = 1
    mem8.fill(2, 7 * MiB - 4096, 7 * MiB + 3 * 4096)
    mem8[mem8.length - 1] = 3
    // The processor's clock is a number of eight bytes, and goes on from one to the other.
    const own = Buffer.concat(stateParts(plain.cpu))
    const theirs = Buffer.from(plain.save_state())
    expect(own.length).toBe(theirs.length)
    const different = own.reduce((sum, byte, index) => sum + (byte === theirs[index] ? 0 : 1), 0)
    expect(different).toBeLessThanOrEqual(8)
    expect(own.subarray(0, 16).equals(theirs.subarray(0, 16))).toBe(true)
  })

  it('is gone on from by another emulator, out of its file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'berth-state-'))
    const first = await guest()
    first.plain.cpu.mem8.fill(7, 9 * MiB, 9 * MiB + 5000)
    const memory = writeMemory(join(folder, 'memory'), stateParts(first.plain.cpu), false)
    const second = await guest()
    second.plain.restore_state(await readMemory(memory))
    expect(Buffer.from(second.plain.cpu.mem8).equals(Buffer.from(first.plain.cpu.mem8))).toBe(true)
    const before = second.said().length
    const answer = saying(second.emulator, () => /here\r?\n/.test(second.said().slice(before + 'echo here'.length)))
    second.emulator.run()
    second.emulator.serial0_send('echo here\r')
    await answer
    await rm(folder, { recursive: true })
  })
})

describe("a memory's file", () => {
  const piece = 16 * 1024
  const empty = (length: number): Uint8Array => new Uint8Array(length)
  const filled = (length: number): Uint8Array => randomBytes(length)

  it.each([
    ['of nothing', []],
    ['of one part', [filled(3 * piece + 5)]],
    [
      'with gaps inside and between its parts',
      [filled(10), empty(5 * piece + 3), filled(piece), empty(piece), filled(1)],
    ],
    ['with nothing at its end', [filled(7), empty(2 * piece)]],
    ['of more parts than the system takes at once', Array.from({ length: 3000 }, () => filled(5))],
  ] as const)('holds what it was given and its sum, %s', async (_what, parts) => {
    const folder = await mkdtemp(join(tmpdir(), 'berth-memory-'))
    const whole = Buffer.concat(parts)
    const memory = writeMemory(join(folder, 'memory'), parts, false)
    expect((await readFile(memory.path)).equals(whole)).toBe(true)
    expect(memory).toMatchObject({ sizeBytes: whole.length, checksum: crc32(whole) })
    await rm(folder, { recursive: true })
  })
})
