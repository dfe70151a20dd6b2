import type { FileDrive } from './disk.ts'
import type { Internals } from './internals.ts'

/** Where the guest writes what the disk is to do, and what of that concerns us. */
const commandPort = 0x1f7
const flushCache = 0xe7
const flushCacheExt = 0xea
const identifyDevice = 0xec

const busy = 0x80

/** In what a disk says of itself: that it has a write cache (word 82), and that the cache is on (word 85). */
const cacheWords = [82, 85]
const writeCache = 1 << 5

export interface Flushes {
  /** Goes on with the flush that was under way when the memory was kept that the machine has now. */
  resume(): void
}

/**
 * Gives v86's disk a write cache: a guest sends no flush to a disk without one. Its flush is answered once the file is on the device.
 * v86 answers at once, and takes the interrupt back as it returns. A flush that is under way is a part of the disk's own state, so
 * that a memory can be kept at any moment.
 */
export function answerFlushes({ cpu }: Pick<Internals, 'cpu'>, file: Pick<FileDrive, 'sync'>): Flushes {
  const channel = cpu.devices.ide.primary
  const ordinary = cpu.io.ports[commandPort]?.write8
  if (channel === undefined || ordinary === undefined)
    throw new Error('This is another v86 than the one Berth was made for')
  const { master } = channel
  let asked = 0
  let isSyncing = false
  const isUnderWay = (): boolean => master.status_reg === busy && isFlush(master.current_command)

  function flush(command: number): void {
    asked += 1
    master.current_command = command
    master.error_reg = 0
    master.status_reg = busy
    if (!isSyncing) sync()
  }

  function sync(): void {
    const askedUntilNow = asked
    isSyncing = true
    file.sync((error) => {
      isSyncing = false
      // After a reset nobody waits for the answer.
      if (!isUnderWay()) return
      // Asked for again after such a reset, and what was written in between is not on the device.
      if (asked !== askedUntilNow) sync()
      else if (error === null) master.ata_command(master.current_command)
      else master.ata_abort_command()
    })
  }

  cpu.io.register_write(
    commandPort,
    channel,
    (command) => {
      const isForDisk = channel.current_interface === master
      if (isForDisk && isFlush(command)) {
        flush(command)
        // As with every command. What was not taken yet would hide the interrupt that ends this one.
        cpu.device_lower_irq(channel.irq)
        return
      }
      ordinary.call(channel, command)
      if (!isForDisk || command !== identifyDevice) return
      for (const word of cacheWords) master.data[2 * word] = (master.data[2 * word] ?? 0) | writeCache
    },
    undefined,
  )
  return {
    resume() {
      if (isUnderWay()) flush(master.current_command)
    },
  }
}

function isFlush(command: number): boolean {
  return command === flushCache || command === flushCacheExt
}
