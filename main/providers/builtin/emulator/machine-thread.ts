import { readFile } from 'node:fs/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { V86, type V86Image, type V86Options } from 'v86'
import { type FileDrive, openDrive } from './disk.ts'
import { answerFlushes } from './disk-flush.ts'
import { createGuestLine } from './guest-line.ts'
import { createInbox, unpackAhead } from './inbox.ts'
import { busOf, type Internals, internalsOf } from './internals.ts'
import { createKeyboard } from './keyboard.ts'
import { writeMemory } from './memory-file.ts'
import type { Answers, FromThread, Hardware, Memory, Order, ThreadData, Told, ToThread, Trouble } from './messages.ts'
import { PortTrouble } from './network/forwards.ts'
import { createMachineNetwork, type NetworkSettings } from './network/machine-network.ts'
import { createVirtioCard } from './network-card.ts'
import { createPointer } from './pointer.ts'
import { requireRoomNow, type TooLittleRoom } from './room.ts'
import { createScreen, provideImageData } from './screen.ts'
import { createSerialOut } from './serial-out.ts'
import { createSharedFolderEnd, type SharedFolderEnd } from './shared-folder.ts'
import { stateParts } from './state.ts'

/** ACPI's first register block, which v86 has wired here, and what a guest writes into it to switch off. */
const powerControl = 0xb004
const sleepNow = 0x2000
const powerButton = 0x100
const powerIrq = 9
/** What a BIOS tries first, in v86's numbers: its types name them, its program does not. */
const bootOrder = { disk: 0x132, cd: 0x123, floppy: 0x231 } as const

/** One machine in a thread of its own: v86 and what surrounds it. Whatever throws here ends this machine alone. */
async function main(): Promise<void> {
  const port = parentPort
  if (port === null) throw new Error('not in a thread')
  const inbox = createInbox(port)
  const memoryOf = unpackAhead(workerData as ThreadData)
  const beginning = await inbox.beginning
  provideImageData()
  const say = (message: FromThread): void => port.postMessage(message)

  const stops = new Set<'paused' | 'held' | 'full' | 'settling'>(beginning.paused ? ['paused'] : [])
  const disk =
    beginning.hardware.diskPath === null
      ? null
      : openDrive(beginning.hardware.diskPath, {
          writable: true,
          full() {
            stops.add('full')
            apply()
            say({ kind: 'disk-full' })
          },
        })
  const { sharedFolder } = beginning
  const folder = sharedFolder === null ? null : createSharedFolderEnd(sharedFolder.port)
  const emulator = await createEmulator(beginning.wasm, beginning.hardware, disk, folder)
  const internals = internalsOf(emulator)
  const folderDevice = internals.cpu.devices.virtio_9p
  if (folderDevice !== undefined) folder?.plug(folderDevice)
  sleepWell(internals)
  const flushes = disk === null ? null : answerFlushes(internals, disk)
  const { vga, ps2 } = internals.cpu.devices
  const screen = createScreen(
    () => vga.screen_fill_buffer(),
    (parts) => say({ kind: 'shown', parts }),
  )
  vga.screen = screen.adapter
  const keyboard = createKeyboard(
    (bytes) => emulator.keyboard_send_scancodes(bytes),
    () => ps2.kbd_buffer.length,
  )
  const pointer = createPointer(emulator, busOf(emulator), (kind) =>
    say({ kind: 'shown', parts: [{ kind: 'takes', takes: { keyboard: true, pointer: kind, text: true } }] }),
  )
  const { virtio_net: networkDevice } = internals.cpu.devices
  const network =
    networkDevice === undefined
      ? null
      : createMachineNetwork(createVirtioCard(networkDevice, busOf(emulator), beginning.network.mac))
  let isRunning = false

  /** Lets the guest run, or stand still, as `stops` says. From the next instruction on: nothing here waits for a timer. */
  function apply(): void {
    if (stops.size === 0 && !isRunning) {
      isRunning = true
      internals.run()
      network?.setRunning(true)
    } else if (stops.size > 0 && isRunning) {
      isRunning = false
      network?.setRunning(false)
      internals.stop()
      internals.next_tick(0)
    }
  }

  const serial = createSerialOut(beginning.serialLogPath, {
    said: (bytes, log) => say({ kind: 'said', bytes, log }),
    hold(isHeld) {
      if (isHeld) stops.add('held')
      else stops.delete('held')
      apply()
    },
  })
  emulator.add_listener('serial0-output-byte', serial.put)
  const guestLine = beginning.hardware.devices.includes('guest-line')
    ? createGuestLine(beginning.language, (bytes) => emulator.serial_send_bytes(1, bytes), {
        network: beginning.memory?.network !== undefined,
      })
    : null
  if (guestLine !== null) emulator.add_listener('serial1-output-byte', guestLine.put)
  guestLine?.folder(sharedFolder?.isThere === true)
  watchPower(emulator, internals, {
    off() {
      serial.flush()
      say({ kind: 'off' })
    },
    stuck: () => say({ kind: 'stuck' }),
  })

  /** All in one go: the guest cannot run before this returns, and what fails changes nothing. */
  function keep(order: Extract<Order, { kind: 'keep' }>): Memory {
    serial.flush()
    const parts = stateParts(internals.cpu)
    const memoryBytes = parts.reduce((sum, { length }) => sum + length, 0)
    requireRoomNow(order.memoryPath, memoryBytes + (order.diskPath === null ? 0 : (disk?.copyBytes() ?? 0)))
    if (order.safe) disk?.settle()
    const memory = writeMemory(order.memoryPath, parts, order.safe)
    if (order.diskPath !== null) disk?.copy(order.diskPath)
    if (order.stays) stops.add('paused')
    apply()
    return network?.isOn() === true ? { ...memory, network: { connections: network.severable() } } : memory
  }

  /** Connects the card, or pulls its cable, and tells the guest. */
  async function setNetwork(settings: NetworkSettings | null): Promise<void> {
    await network?.set(settings)
    guestLine?.network(settings !== null)
  }

  async function carryOut(order: Order): Promise<Answers[Order['kind']]> {
    switch (order.kind) {
      case 'pause':
        stops.add('paused')
        apply()
        return null
      case 'resume':
        stops.delete('paused')
        if (stops.delete('full')) disk?.retry()
        if (!isRunning) guestLine?.awake()
        apply()
        // It waits on, and has said so again.
        if (stops.has('full')) throw Object.assign(new Error('there is still no space'), { code: 'ENOSPC' })
        return null
      case 'reset':
        emulator.restart()
        return null
      case 'button': {
        const { acpi } = internals.cpu.devices
        acpi.pm1_status |= powerButton
        if ((acpi.pm1_enable & powerButton) !== 0) internals.cpu.device_raise_irq(powerIrq)
        return null
      }
      case 'keep':
        if (folder === null) return keep(order)
        // What is under way cannot be kept: the guest stands still until all that it asked of its shared folder is answered.
        stops.add('settling')
        apply()
        try {
          await folder.settle()
          return keep(order)
        } finally {
          stops.delete('settling')
          apply()
        }
      case 'copyDisk':
        requireRoomNow(order.diskPath, disk?.copyBytes() ?? 0)
        disk?.copy(order.diskPath)
        return null
      case 'heard':
        await guestLine?.heard(order.word)
        return null
      case 'network':
        await setNetwork(order.settings)
        return null
      case 'figures':
        return {
          memoryBytes: internals.cpu.wasm_memory.buffer.byteLength,
          ...(disk?.figures() ?? { readBytes: 0, writtenBytes: 0 }),
          network: network?.figures() ?? null,
        }
    }
  }

  const hear: { readonly [K in Told['kind']]: (told: Extract<Told, { kind: K }>) => void } = {
    serial: ({ bytes }) => emulator.serial_send_bytes(0, bytes),
    taken: ({ bytes }) => serial.taken(bytes),
    watch: ({ isWatched }) => screen.watch(isWatched),
    next: () => screen.next(),
    keys: ({ bytes }) => keyboard.send(bytes),
    type: ({ text }) => keyboard.type(text),
    pointer: ({ input }) => pointer.take(input),
    folder: ({ isThere }) => guestLine?.folder(isThere),
  }

  const take = (message: ToThread): void => {
    if (message.id === null) {
      ;(hear[message.told.kind] as (told: Told) => void)(message.told)
      return
    }
    const { id, order, claim } = message
    if (Atomics.exchange(claim, 0, 1) !== 0) return
    carryOut(order).then(
      (value) => say({ kind: 'answer', id, value }),
      (error: unknown) => say({ kind: 'trouble', id, trouble: troubleOf(error) }),
    )
  }

  if (beginning.memory !== null) {
    internals.restore_state(await memoryOf(beginning.memory))
    flushes?.resume()
  }
  const remembered = beginning.memory?.network
  await setNetwork(beginning.network.settings)
  if (beginning.memory !== null) network?.wake(remembered?.connections ?? [])
  say({ kind: 'ready' })
  // Only now: what is typed into a machine before it has its memory would be lost.
  inbox.open(take)
  apply()
}

async function createEmulator(
  wasm: WebAssembly.Module,
  hardware: Hardware,
  disk: FileDrive | null,
  folder: SharedFolderEnd | null,
): Promise<V86> {
  const { bios, vgaBios, floppyPath, cdPath, devices } = hardware
  const image = (bytes: Uint8Array): V86Image => ({
    buffer: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer,
  })
  const options: V86Options = {
    wasm_fn: async (imports) => (await WebAssembly.instantiate(wasm, imports)).exports,
    memory_size: hardware.memoryBytes,
    vga_memory_size: hardware.videoBytes,
    bios: image(bios),
    boot_order: floppyPath !== null ? bootOrder.floppy : cdPath !== null ? bootOrder.cd : bootOrder.disk,
    acpi: true,
    autostart: false,
    disable_keyboard: true,
    disable_mouse: true,
    disable_speaker: true,
    // Neither of the kinds that its types know: no card at all.
    net_device: { type: (devices.includes('network-card') ? 'virtio' : 'none') as 'ne2k' },
    uart1: devices.includes('guest-line'),
    // A guest that goes on from a memory believes its card's address to be the one that it had.
    preserve_mac_from_state_image: true,
  }
  if (folder !== null) options.filesystem = { handle9p: folder.handle9p }
  if (vgaBios !== null) options.vga_bios = image(vgaBios)
  if (disk !== null) options.hda = disk.drive as unknown as V86Image
  if (floppyPath !== null) options.fda = image(await readFile(floppyPath))
  if (cdPath !== null) options.cdrom = openDrive(cdPath, { writable: false, full() {} }).drive as unknown as V86Image
  const emulator = new V86(options)
  await new Promise<void>((resolve) => emulator.add_listener('emulator-loaded', resolve))
  return emulator
}

/**
 * Lets a guest that stands still sleep. v86 itself asks for a turn at once whenever less than a millisecond is left, some
 * hundred times for every tick of the guest's clock.
 */
function sleepWell(internals: Internals): void {
  internals.yield = (milliseconds, turn) => {
    if (milliseconds <= 0) setImmediate(() => internals.yield_callback(turn))
    else setTimeout(() => internals.yield_callback(turn), Math.ceil(milliseconds))
  }
}

/** Hears of the guest's switching off, by ACPI, and of its stopping the processor for good without doing so. */
function watchPower(
  emulator: V86,
  { cpu }: Internals,
  events: { readonly off: () => void; readonly stuck: () => void },
): void {
  const { acpi } = cpu.devices
  let isOff = false
  cpu.io.register_write(powerControl, acpi, undefined, (value) => {
    acpi.status = value
    const type = (value >> 10) & 7
    // 0 in the tables of SeaBIOS, 5 in those of others. 1 would be standing by, which v86 has not.
    if ((value & sleepNow) === 0 || isOff || (type !== 0 && type !== 5)) return
    isOff = true
    events.off()
  })
  const halted = 'cpu-event-halt' as 'emulator-stopped'
  emulator.add_listener(halted, () => {
    if (!isOff) events.stuck()
  })
}

function troubleOf(error: unknown): Trouble {
  const { code, room } = error as { readonly code?: unknown; readonly room?: TooLittleRoom }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
  if (code === 'ENOSPC' || code === 'EDQUOT') return { code: 'no-space', detail, ...(room && { room }) }
  if (code === 'FOLDER_SILENT') return { code: 'folder-silent', detail: (error as Error).message }
  if (error instanceof PortTrouble) return { code: 'port', detail, port: { number: error.port, why: error.code } }
  if (code === 'DAMAGED') return { code: 'damaged', detail: (error as Error).message }
  return { code: typeof code === 'string' ? 'file' : 'failed', detail }
}

main().catch((error: unknown) => {
  parentPort?.postMessage({ kind: 'trouble', id: null, trouble: troubleOf(error) } satisfies FromThread)
  // Nothing is left to run.
  parentPort?.close()
})
