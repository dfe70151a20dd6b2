import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A guest of a few instructions: the only proof that an accelerator works, and how fast it is. */
export interface BootTest {
  /** Its name in the folder QEMU is started in: no path of a person's stands in QEMU's options. */
  readonly fileName: string
  readonly bytes: Uint8Array
  readonly machine: string
  readonly args: readonly string[]
  /** How QEMU exits once the guest is through. */
  readonly exitCode: number
}

/** What the guest prints when its first instructions have run, before it counts down. */
export const startedMark = 'B'

/** Countdown steps: 0.3 s emulated, 0.07 s by a 3 GHz processor. Far longer than what starting a process varies by. */
const countdown = 200_000_000

/**
 * In 16-bit code: mov al, 'B'; out 0xe9, al; mov ecx, countdown; dec ecx; jnz $-2; then the debug device ends QEMU with
 * 0x10 × 2 + 1: mov al, 0x10; out 0xf4, al; hlt; jmp $-1.
 */
const pcCode = [
  ...[0xb0, 0x42, 0xe6, 0xe9],
  ...[0x66, 0xb9, ...littleEndian(countdown)],
  ...[0x66, 0x49, 0x75, 0xfc],
  ...[0xb0, 0x10, 0xe6, 0xf4, 0xf4, 0xeb, 0xfd],
]
/** A disk of less than a cylinder has no geometry and is not booted from. Sparse. */
const diskBytes = 4 * 1024 * 1024

/**
 * `B` to the serial port at 0x0900_0000: movz x1, #0x900, lsl #16; movz w2, #'B'; strb w2, [x1]. The countdown: movz w3, #low;
 * movk w3, #high, lsl #16; subs w3, w3, #1; b.ne $-4. Then PSCI's SYSTEM_OFF: movz w0, #0x8400, lsl #16; movk w0, #8; hvc #0; b .
 */
const armCode = [
  ...[0xd2a1_2001, 0x5280_0842, 0x3900_0022],
  ...[0x5280_0003 | ((countdown & 0xffff) << 5), 0x72a0_0003 | ((countdown >>> 16) << 5), 0x7100_0463, 0x54ff_ffe1],
  ...[0x52b0_8000, 0x7280_0100, 0xd400_0002, 0x1400_0000],
]

const pc: BootTest = {
  fileName: 'boot-test-pc.img',
  bytes: bootSector(pcCode),
  machine: 'q35',
  args: [
    ...['-blockdev', 'driver=raw,node-name=disk0,read-only=on,file.driver=file,file.filename=boot-test-pc.img'],
    ...['-device', 'virtio-blk-pci,drive=disk0,bootindex=0'],
    ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=1'],
    ...['-chardev', 'stdio,id=output,signal=off', '-device', 'isa-debugcon,iobase=0xe9,chardev=output'],
  ],
  exitCode: 33,
}

const arm: BootTest = {
  fileName: 'boot-test-arm.img',
  bytes: new Uint8Array(new Uint32Array(armCode).buffer),
  machine: 'virt',
  args: ['-kernel', 'boot-test-arm.img', '-serial', 'stdio'],
  exitCode: 0,
}

/** The test guest of an architecture; null where there is none: it is then emulated, which always works. */
export function bootTestOf(arch: string): BootTest | null {
  if (arch === 'x86_64' || arch === 'i386') return pc
  return arch === 'aarch64' ? arm : null
}

export async function writeBootTest(test: BootTest, folder: string): Promise<void> {
  const path = join(folder, test.fileName)
  await writeFile(path, test.bytes)
  await truncate(path, diskBytes)
}

export function bootTestArguments(test: BootTest, accelerator: string, cpu: string | null): readonly string[] {
  return [
    ...['-machine', test.machine],
    ...['-accel', accelerator],
    ...(cpu === null ? [] : ['-cpu', cpu]),
    ...['-m', '64M', '-no-user-config', '-nodefaults', '-no-reboot', '-display', 'none'],
    ...test.args,
  ]
}

function bootSector(code: readonly number[]): Uint8Array {
  const sector = new Uint8Array(512)
  sector.set(code)
  sector.set([0x55, 0xaa], 510)
  return sector
}

function littleEndian(value: number): readonly number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24]
}
