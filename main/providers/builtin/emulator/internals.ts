import type { V86 } from 'v86'
import type { ScreenAdapter } from './screen.ts'
import type { FolderDevice } from './shared-folder.ts'

/** What the state of a machine is made from. */
export interface Processor {
  /** The guest's memory: a part of the emulator's, in whole pages. */
  readonly mem8: Uint8Array
  /** The guest's memory as `get_state` puts it into the state: its filled pages, and a bit for every page that is filled. */
  pack_memory(): { readonly packed_memory: unknown; readonly bitmap: { get_buffer(): ArrayBufferLike } }
  /** A value for everything a state holds: a number, an array of numbers, a list, a map, or what has a `get_state` itself. */
  get_state(): readonly unknown[]
}

/**
 * The parts of v86 that its own types leave out and that we stand on, as version 0.5.462 has them. The version is pinned, and
 * what a newer one lacks is said when a machine starts.
 */
export interface Internals {
  readonly cpu: Processor & {
    readonly wasm_memory: WebAssembly.Memory
    readonly io: {
      readonly ports: readonly { readonly write8: (this: object, value: number) => void }[]
      register_write(
        port: number,
        device: object,
        byte: ((value: number) => void) | undefined,
        word: ((value: number) => void) | undefined,
      ): void
    }
    readonly devices: {
      readonly ps2: { readonly kbd_buffer: { readonly length: number }; readonly use_mouse: boolean }
      readonly vga: { screen: ScreenAdapter; screen_fill_buffer(): void; complete_redraw(): void }
      /** Where it was given a shared folder. */
      readonly virtio_9p?: FolderDevice
      readonly acpi: { pm1_status: number; readonly pm1_enable: number; status: number }
      readonly virtio_net?: VirtioNetwork
      readonly ide: { readonly primary?: DiskChannel }
    }
    device_raise_irq(line: number): void
    device_lower_irq(line: number): void
  }
  restore_state(state: ArrayBuffer): void
  run(): void
  stop(): void
  next_tick(milliseconds: number): void
  /** Waits until the next turn; v86 turns round and round when less than a millisecond is left. */
  yield(milliseconds: number, turn: number): void
  yield_callback(turn: number): void
}

/** v86's first IDE channel, whose master is the disk. */
export interface DiskChannel {
  readonly irq: number
  readonly current_interface: object
  readonly master: {
    readonly data: Uint8Array
    status_reg: number
    error_reg: number
    current_command: number
    ata_command(command: number): void
    ata_abort_command(): void
  }
}

/** v86's virtio network card. */
export interface VirtioNetwork {
  readonly mac: Uint8Array
  reset(): void
  readonly virtio: {
    /** To the guest, from the guest, and one for orders. */
    readonly queues: readonly VirtioQueue[]
  }
}

export interface VirtioQueue {
  size: number
  size_supported: number
  readonly enabled: boolean
  readonly num_staged_replies: number
  set_size(size: number): void
  is_configured(): unknown
  count_requests(): number
  pop_request(): VirtioBuffers
  push_reply(buffers: VirtioBuffers): void
  flush_replies(): void
}

export interface VirtioBuffers {
  readonly length_writable: number
  length_readable: number
  set_next_blob(bytes: Uint8Array): void
}

/** v86's way of telling its devices and being told by them. */
export interface Bus {
  register(name: 'net0-send', listener: (frame: Uint8Array) => void): void
  send(name: 'mouse-delta' | 'mouse-absolute' | 'mouse-wheel', value: readonly number[]): void
  send(name: 'mouse-click', value: readonly boolean[]): void
}

export function busOf(emulator: V86): Bus {
  return (emulator as unknown as { readonly bus: Bus }).bus
}

export function internalsOf(emulator: V86): Internals {
  const { v86 } = emulator as unknown as { readonly v86: Internals }
  const { cpu } = v86
  const needed: unknown[] = [
    cpu.wasm_memory,
    cpu.io.register_write,
    cpu.mem8,
    cpu.pack_memory,
    cpu.get_state,
    cpu.devices.acpi,
    cpu.device_raise_irq,
    cpu.device_lower_irq,
    v86.next_tick,
    v86.yield_callback,
  ]
  needed.push(cpu.devices.vga, cpu.devices.ps2, cpu.devices.ide, cpu.io.ports)
  if (needed.some((part) => part === undefined)) throw new Error('This is another v86 than the one Berth was made for')
  return v86
}
