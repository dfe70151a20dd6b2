import { readFile } from 'node:fs/promises'
import { failure } from '../../../app/domain/errors.ts'
import { KiB } from '../../../app/domain/units.ts'
import { look } from '../common/files.ts'
import type { Bios } from './program.ts'

/** A BIOS ends at the first megabyte; below 0xd0000 the graphics card's lies. */
const maxBiosBytes = 128 * KiB
const biosStepBytes = 64 * KiB
/** The processor begins with the instruction here, counted from the end. */
const resetVectorBytes = 16
const jumps: readonly number[] = [0xea, 0xe9, 0xeb]
/** What may stand before the jump: nop, cli, cld. */
const harmless: readonly number[] = [0x90, 0xfa, 0xfc]

/** The graphics card's lies in the 64 KiB from 0xc0000 on. */
const maxGraphicsBytes = 64 * KiB
const blockBytes = 512

/** Throws what is wrong with files that are to be a machine's BIOS: v86 would show nothing, and say nothing of it. */
export async function checkBios({ biosPath, vgaBiosPath }: Bios): Promise<void> {
  const system = await readSmall(biosPath, maxBiosBytes, 'biosFiles.system', 'builtin.error.biosSize')
  if (system.length === 0 || system.length % biosStepBytes !== 0)
    throw wrong('biosFiles.system', 'builtin.error.biosSize')
  const first = [...system.subarray(-resetVectorBytes)].find((byte) => !harmless.includes(byte))
  if (first === undefined || !jumps.includes(first)) throw wrong('biosFiles.system', 'builtin.error.biosStart')

  const graphics = await readSmall(vgaBiosPath, maxGraphicsBytes, 'biosFiles.graphics', 'builtin.error.vgaBiosSize')
  // An option ROM: its signature, how many blocks it has, and all its bytes together are nothing.
  const bytes = (graphics[2] ?? 0) * blockBytes
  const isRom = graphics.length > 2 && graphics.readUInt16LE(0) === 0xaa55
  if (!isRom || bytes === 0 || bytes > graphics.length) throw wrong('biosFiles.graphics', 'builtin.error.vgaBios')
  const sum = graphics.subarray(0, bytes).reduce((total, byte) => (total + byte) & 0xff, 0)
  if (sum !== 0) throw wrong('biosFiles.graphics', 'builtin.error.vgaBiosSum')
}

async function readSmall(path: string, most: number, field: string, tooLarge: Key): Promise<Buffer> {
  // A disk image chosen by mistake is not read.
  if (((await look(path))?.size ?? 0) > most) throw wrong(field, tooLarge)
  return readFile(path)
}

type Key =
  | 'builtin.error.biosSize'
  | 'builtin.error.biosStart'
  | 'builtin.error.vgaBios'
  | 'builtin.error.vgaBiosSize'
  | 'builtin.error.vgaBiosSum'

function wrong(field: string, key: Key) {
  return failure('invalid-input', { key }, { field, hint: { key: 'builtin.error.bios.hint' } })
}
