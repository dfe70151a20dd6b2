import { describe, expect, it } from 'vitest'
import { answerFlushes } from '../../../../main/providers/builtin/emulator/disk-flush.ts'
import type { Internals } from '../../../../main/providers/builtin/emulator/internals.ts'

const commandPort = 0x1f7
const [flushCache, flushCacheExt, identifyDevice, readSectors] = [0xe7, 0xea, 0xec, 0x20]
const [ready, busy] = [0x50, 0x80]

/** A channel as v86's, whose disk carries out each command at once, and a file whose syncs end when the test says so. */
function disk() {
  const carriedOut: string[] = []
  const syncs: ((error: Error | null) => void)[] = []
  const master = {
    data: new Uint8Array(512),
    status_reg: ready,
    error_reg: 0,
    current_command: -1,
    ata_command(command: number) {
      carriedOut.push(command.toString(16))
      master.current_command = command
      master.status_reg = ready
      if (command === identifyDevice) master.data.fill(0)
    },
    ata_abort_command() {
      carriedOut.push('abort')
      master.status_reg = 0x41
    },
  }
  const slave = { ...master, ata_command: (command: number) => carriedOut.push(`slave ${command.toString(16)}`) }
  const channel: { current_interface: typeof master | typeof slave; master: typeof master } = {
    current_interface: master,
    master,
  }
  const ports: { write8: (value: number) => void }[] = []
  ports[commandPort] = {
    write8(this: typeof channel, value) {
      this.current_interface.ata_command(value)
    },
  } as { write8: (value: number) => void }
  const io = {
    ports,
    register_write(port: number, _device: object, write8: ((value: number) => void) | undefined) {
      if (write8 !== undefined) ports[port] = { write8 }
    },
  }
  const cpu = { io, device_lower_irq() {}, devices: { ide: { primary: channel } } } as unknown as Internals['cpu']
  const flushes = answerFlushes({ cpu }, { sync: (done) => syncs.push(done) })
  return {
    carriedOut,
    channel,
    master,
    slave,
    flushes,
    command: (value: number) => ports[commandPort]?.write8(value),
    /** The sync that was begun first ends. */
    synced(error: Error | null = null) {
      const done = syncs.shift()
      if (done === undefined) throw new Error('nothing is being synced')
      done(error)
    },
    syncsUnderWay: () => syncs.length,
  }
}

describe('the disk of a built-in machine', () => {
  it('says that it has a write cache, and that the cache is on', () => {
    const { command, master } = disk()
    command(identifyDevice)
    expect([master.data[2 * 82], master.data[2 * 85]]).toEqual([0x20, 0x20])
  })

  it.each([flushCache, flushCacheExt])(
    'answers a flush (%i) once its file is on the device, and not before',
    (flush) => {
      const { command, carriedOut, master, synced } = disk()
      command(flush)
      expect(master.status_reg).toBe(busy)
      expect(carriedOut).toEqual([])
      synced()
      expect(carriedOut).toEqual([flush.toString(16)])
      expect(master.status_reg).toBe(ready)
    },
  )

  it('leaves all other commands, and those to another drive, to v86', () => {
    const { command, carriedOut, channel, slave, syncsUnderWay } = disk()
    command(readSectors)
    channel.current_interface = slave
    command(flushCache)
    expect(carriedOut).toEqual(['20', 'slave e7'])
    expect(syncsUnderWay()).toBe(0)
  })

  it('fails the flush whose file cannot be synced', () => {
    const { command, carriedOut, synced } = disk()
    command(flushCache)
    synced(new Error('EIO'))
    expect(carriedOut).toEqual(['abort'])
  })

  it('answers nobody when it was reset meanwhile', () => {
    const { command, carriedOut, master, synced } = disk()
    command(flushCache)
    master.status_reg = 0x51
    synced()
    expect(carriedOut).toEqual([])
  })

  it('syncs again before it answers a flush that followed such a reset, and never twice at once', () => {
    const { command, carriedOut, master, synced, syncsUnderWay } = disk()
    command(flushCache)
    master.status_reg = 0x51
    command(flushCacheExt)
    expect(syncsUnderWay()).toBe(1)
    synced()
    expect(carriedOut).toEqual([])
    synced()
    expect(carriedOut).toEqual(['ea'])
  })

  it('goes on with a flush that was under way when the memory was kept', () => {
    const { carriedOut, flushes, master, synced, syncsUnderWay } = disk()
    flushes.resume()
    expect(syncsUnderWay()).toBe(0)
    master.status_reg = busy
    master.current_command = flushCacheExt
    flushes.resume()
    synced()
    expect(carriedOut).toEqual(['ea'])
  })
})
