import type { MessagePort } from 'node:worker_threads'
import type { PointerInput, ScreenArea, ScreenTakes, TextCursor } from '../../../../app/domain/screen.ts'
import type { NetworkSettings } from './network/machine-network.ts'
import type { Severed } from './network/tcp.ts'
import type { TooLittleRoom } from './room.ts'

/**
 * `guest-line`: the second serial port, on which Berth and the guest tell each other what only one of them knows (see
 * `guest-line.ts`). `network-card`: virtio. `shared-folder`: 9P over virtio.
 */
export type Device = 'guest-line' | 'network-card' | 'shared-folder'

/** What a machine is made of, as its thread needs to know it. */
export interface Hardware {
  readonly memoryBytes: number
  readonly videoBytes: number
  /** Its first program: a ROM that is entered at F000:FFF0. */
  readonly bios: Uint8Array
  readonly vgaBios: Uint8Array | null
  readonly diskPath: string | null
  /** Read only; what is written to a floppy is forgotten. */
  readonly floppyPath: string | null
  readonly cdPath: string | null
  readonly devices: readonly Device[]
}

/** A memory on the disk, and how it is known to be whole. */
export interface Memory {
  readonly path: string
  readonly sizeBytes: number
  /** CRC-32: against damage, not against malice. */
  readonly checksum: number
  /** What the guest knows of its network; left out of a memory in which it had none. */
  readonly network?: { readonly connections: readonly Severed[] } | undefined
}

/** A memory that comes with the program, packed with gzip: main reads it, since a thread may not read from the program's archive. */
export interface PackedMemory extends Omit<Memory, 'path'> {
  readonly packed: Uint8Array
}

/** What a machine's thread is given when it is made; its `Beginning` is the first message to it. */
export interface ThreadData {
  /** A memory to unpack while it waits: its machine may begin with it. */
  readonly ahead: PackedMemory | null
}

/** What a machine's thread is to be. */
export interface Beginning {
  readonly wasm: WebAssembly.Module
  readonly hardware: Hardware
  readonly serialLogPath: string
  /** What it goes on from; null when it is switched on. */
  readonly memory: Memory | PackedMemory | null
  readonly network: {
    /** The address of its card, when it is switched on. */
    readonly mac: Uint8Array
    readonly settings: NetworkSettings | null
  }
  /** Whether it stands still until it is told to run. */
  readonly paused: boolean
  /** What a guest with a `guest-line` speaks to the person; null lets it wait for a word that comes with its memory later. */
  readonly language: string | null
  /** The thread of its shared folder, where it has a device for one, and whether there is a folder behind it. */
  readonly sharedFolder: { readonly port: MessagePort; readonly isThere: boolean } | null
}

/** Asked of a machine's thread; each gets an answer. */
export type Order =
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'reset' }
  /** Presses the power button. */
  | { readonly kind: 'button' }
  /**
   * Writes the memory and, where there is a `diskPath`, a copy of the disk that nobody will write to, while the guest stands still; where there is no room for
   * them, nothing is begun. `stays` leaves it standing, for
   * one that is to be ended; `safe` settles when the memory is on the disk and not only on its way there.
   */
  | {
      readonly kind: 'keep'
      readonly memoryPath: string
      readonly diskPath: string | null
      readonly stays: boolean
      readonly safe: boolean
    }
  /** Copies the disk as it is at one moment, without the memory. */
  | { readonly kind: 'copyDisk'; readonly diskPath: string }
  /** Connects its card as this says, or with nothing. */
  | { readonly kind: 'network'; readonly settings: NetworkSettings | null }
  | { readonly kind: 'figures' }
  /** Waits until the guest says this word on its `guest-line`. */
  | { readonly kind: 'heard'; readonly word: string }

export interface Figures {
  readonly memoryBytes: number
  readonly readBytes: number
  readonly writtenBytes: number
  /** What came to the guest, and from it; null without a network card. */
  readonly network: { readonly receivedBytes: number; readonly sentBytes: number } | null
}

export interface Answers {
  readonly pause: null
  readonly resume: null
  readonly reset: null
  readonly button: null
  readonly keep: Memory
  readonly copyDisk: null
  readonly network: null
  readonly figures: Figures
  readonly heard: null
}

/** Told to a machine's thread; nothing comes back. */
export type Told =
  | { readonly kind: 'serial'; readonly bytes: Uint8Array }
  /** So many bytes of its serial line have been taken: it may say more. */
  | { readonly kind: 'taken'; readonly bytes: number }
  /** Somebody looks at its screen and has seen nothing yet, or nobody looks any more. */
  | { readonly kind: 'watch'; readonly isWatched: boolean }
  /** What its screen said was shown: it may say more. */
  | { readonly kind: 'next' }
  /** What a keyboard sends for one key. */
  | { readonly kind: 'keys'; readonly bytes: readonly number[] }
  | { readonly kind: 'type'; readonly text: string }
  | { readonly kind: 'pointer'; readonly input: PointerInput }
  /** Its shared folder is there from now on, or not any more. */
  | { readonly kind: 'folder'; readonly isThere: boolean }

/** A part of what a screen says, as `ScreenEvents` takes it. */
export type ScreenPart =
  | { readonly kind: 'text'; readonly columns: number; readonly rows: number }
  | { readonly kind: 'cells'; readonly row: number; readonly column: number; readonly bytes: Uint8Array }
  | { readonly kind: 'cursor'; readonly cursor: TextCursor | null }
  | { readonly kind: 'pixels'; readonly width: number; readonly height: number }
  | { readonly kind: 'area'; readonly area: ScreenArea; readonly bytes: Uint8Array }
  | { readonly kind: 'takes'; readonly takes: ScreenTakes }

/**
 * `claim` is one shared number, 0 until somebody takes the order: the thread, to carry it out, or main, which waits no longer. So an
 * order that was given up is never carried out later.
 */
export type ToThread =
  | { readonly id: number; readonly order: Order; readonly claim: Int32Array }
  | { readonly id: null; readonly told: Told }

/**
 * Why a thread could not do what it was asked for. `damaged`: a memory is not what was written. `folder-silent`: the shared folder
 * has not answered what the guest asked of it, so that its memory cannot be kept.
 */
export interface Trouble {
  readonly code: 'no-space' | 'damaged' | 'folder-silent' | 'port' | 'file' | 'failed'
  readonly detail: string
  /** Of `no-space`, where it was known before anything was written. */
  readonly room?: TooLittleRoom
  /** Of `port`: which could not be had, and the system's own code for why. */
  readonly port?: { readonly number: number; readonly why: string }
}

export type FromThread =
  /** The guest is loaded, and runs unless it was made paused. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'trouble'; readonly id: number | null; readonly trouble: Trouble }
  /** What the guest said, and where in the log it ends. */
  | { readonly kind: 'said'; readonly bytes: Uint8Array; readonly log: { readonly file: number; readonly end: number } }
  | { readonly kind: 'shown'; readonly parts: readonly ScreenPart[] }
  /** The guest switched itself off. */
  | { readonly kind: 'off' }
  /** The guest stopped the processor for good and did not switch off. */
  | { readonly kind: 'stuck' }
  /** The disk could not take what the guest wrote; the guest waits. */
  | { readonly kind: 'disk-full' }
