import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { MachineId } from '../../app/domain/ids.ts'
import { MiB } from '../../app/domain/units.ts'
import { op } from '../conformance/ground.ts'
import { type BuiltinGround, builtinGround } from '../support/builtin-ground.ts'
import { type LinuxShell, shellOf } from '../support/linux-shell.ts'

vi.setConfig({ testTimeout: 120_000 })

const floppyBytes = 1_474_560
const sectorBytes = 512
/** mov dx,3f8h; mov al,'!'; out dx,al: the guest is there. */
const sayOne = [0xba, 0xf8, 0x03, 0xb0, 0x21, 0xee]

/** What a boot sector does after it has said so; it is entered at 0000:7C00. */
const guests: readonly (readonly [what: string, code: readonly number[]])[] = [
  ['turns round with interrupts off (cli; jmp $)', [0xfa, 0xeb, 0xfe]],
  [
    'is interrupted by its timer a million times a second',
    [
      // cli; xor ax,ax; mov ds,ax; mov word [20h],handler; mov [22h],ax
      0xfa, 0x31, 0xc0, 0x8e, 0xd8, 0xc7, 0x06, 0x20, 0x00, 0x23, 0x7c, 0xa3, 0x22, 0x00,
      // mov al,34h; out 43h,al; mov al,1; out 40h,al; xor al,al; out 40h,al; sti; jmp $
      0xb0, 0x34, 0xe6, 0x43, 0xb0, 0x01, 0xe6, 0x40, 0x30, 0xc0, 0xe6, 0x40, 0xfb, 0xeb, 0xfe,
      // handler: push ax; mov al,20h; out 20h,al; pop ax; iret
      0x50, 0xb0, 0x20, 0xe6, 0x20, 0x58, 0xcf,
    ],
  ],
  // mov al,feh; out 64h,al; jmp $
  ['resets itself as soon as it is there', [0xb0, 0xfe, 0xe6, 0x64, 0xeb, 0xfe]],
  // out dx,al; jmp back to it
  ['talks without end', [0xee, 0xeb, 0xfd]],
]

/**
 * Rests until its clock has ticked five times, then never again: sti; mov cx,5; hlt; loop to the hlt; mov ax,2000h; mov es,ax; mov
 * dx,1000h; again: xor di,di; mov cx,ffffh; cld; rep insb; jmp again
 */
const deafening = [
  ...[0xfb, 0xb9, 0x05, 0x00, 0xf4, 0xe2, 0xfd, 0xb8, 0x00, 0x20, 0x8e, 0xc0, 0xba, 0x00, 0x10],
  ...[0x31, 0xff, 0xb9, 0xff, 0xff, 0xfc, 0xf3, 0x6c, 0xeb, 0xf6],
]

describe('a built-in machine whose guest never rests', () => {
  let ground: BuiltinGround
  let folder = ''
  beforeAll(async () => {
    ground = await builtinGround()
    folder = await mkdtemp(join(tmpdir(), 'berth-looping-'))
  })
  afterAll(async () => {
    expect(await ground.leave()).toEqual([])
    await rm(folder, { recursive: true })
  })

  async function started(name: string, code: readonly number[]): Promise<{ id: MachineId; line: LinuxShell }> {
    const floppy = Buffer.alloc(floppyBytes)
    Buffer.from([...sayOne, ...code]).copy(floppy)
    floppy.writeUInt16LE(0xaa55, sectorBytes - 2)
    const isoPath = join(folder, `${name}.img`)
    await writeFile(isoPath, floppy)
    const id = await ground.make(name, { guest: 'pc', memoryBytes: 16 * MiB, disk: { from: 'none' }, isoPath })
    await ground.provider.power.start(id, op())
    const line = await shellOf(ground.provider, id)
    await line.until(/!/, 60_000)
    return { id, line }
  }

  it.each(guests)('pauses, goes on and is powered off while it %s', async (what, code) => {
    const { id, line } = await started(`guest ${guests.findIndex(([one]) => one === what)}`, code)
    const { power, pause } = ground.provider
    await pause?.pause(id, op())
    expect((await ground.machine(id)).state).toBe('paused')
    await pause?.resume(id, op())
    expect((await ground.machine(id)).state).toBe('running')
    await power.powerOff(id, op())
    expect((await ground.machine(id)).state).toBe('stopped')
    line.end()
  })

  it('is said not to respond, and is powered off at once, while its guest lets the emulator hear nothing', async () => {
    const { id, line } = await started('deafening', deafening)
    const { power, pause } = ground.provider
    // Until it has begun, it pauses as any other.
    let refused: unknown = null
    while (refused === null) {
      refused = await errorOrNull(pause?.pause(id, op()))
      if (refused === null) await pause?.resume(id, op())
    }
    expect(refused).toMatchObject({ error: { code: 'unreachable', message: { key: 'builtin.error.noAnswer' } } })
    expect((await ground.machine(id)).state).toBe('running')
    expect(await ground.provider.stats?.read([id], op())).toEqual([])
    await power.powerOff(id, op())
    expect((await ground.machine(id)).state).toBe('stopped')
    line.end()
  })
})

function errorOrNull(promise: Promise<void> | undefined): Promise<unknown> {
  return Promise.resolve(promise).then(
    () => null,
    (error: unknown) => error,
  )
}
