import { copyFile, readFile, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { ScreenTakes } from '../../../app/domain/screen.ts'
import { MiB } from '../../../app/domain/units.ts'
import type { Provider, ProviderChange } from '../../../main/providers/provider.ts'
import { freePort } from '../../../main/providers/virtualbox/remote-display-ports.ts'
import { parseSettings } from '../../../main/providers/virtualbox/settings-file.ts'
import { writeRecord } from '../../../main/providers/virtualbox/write-record.ts'
import type { ScreenEvents, ScreenSource } from '../../../main/screen/source.ts'
import { errorFrom, facet, op } from '../../conformance/ground.ts'
import { missingVirtualBox } from '../../support/virtualbox-lab.ts'
import { type Acts, openActs } from './acts-ground.ts'

const patience = { timeout: 20_000 }
/** Draws a square where its pointer is: see its source beside it. */
const graphicsGuest = fileURLToPath(new URL('../../support/guest/graphics-guest.bin', import.meta.url))

/** A machine's screen by VirtualBox's VNC extension, where the extension is there. */
describe.skipIf(missingVirtualBox !== null)('a live screen of a VirtualBox machine', () => {
  let acts: Acts
  let id: MachineId
  beforeAll(async () => {
    acts = await openActs('acts-live-screen')
    expect(await acts.lab.manage('list', 'extpacks'), 'Debian’s package brings it').toMatch(/Pack no. 0: +VNC/)
    id = await acts.make('live')
    await acts.provider().configure?.configure(id, { liveScreen: true }, op())
    await acts.provider().power.start(id, op())
    expect(await acts.ask(id, 'count', /\d/)).toBeTruthy()
  })
  afterEach(async () => {
    for (const { source } of eyes.splice(0)) source.close()
    await expect.poll(isServed, { timeout: 10_000 }).toBe(false)
  })
  afterAll(async () => {
    expect(await acts.leave()).toEqual([])
  })

  const provider = (): Provider => acts.provider()
  const settings = async () => {
    const path = join(acts.lab.machineFolder, 'live', 'live.vbox')
    return parseSettings(await readFile(path, 'utf8'), path)
  }
  const isServed = async (): Promise<boolean> => (await settings()).hardware.remoteDisplay.isEnabled
  const state = async (): Promise<string | undefined> => (await provider().read(id, op()))?.state

  const byHand = (...how: readonly string[]): Promise<string> => acts.lab.insist('controlvm', acts.uuidOf(id), ...how)
  const whilePaused = async (work: () => Promise<unknown>): Promise<void> => {
    await byHand('pause')
    await work()
    await byHand('resume')
  }

  it('is wished for while the machine is off, and only where VirtualBox has the extension', async () => {
    const other = await acts.make('other')
    const read = async () => provider().configure?.read(other, op())
    expect(await read()).toMatchObject({ values: { liveScreen: false } })
    expect((await read())?.whileStopped).toContain('liveScreen')
    expect((await errorFrom(provider().configure?.configure(id, { liveScreen: false }, op()) as never)).code).toBe(
      'wrong-state',
    )
    await provider().configure?.configure(other, { liveScreen: true }, op())
    expect(await read()).toMatchObject({ values: { liveScreen: true } })
    await provider().configure?.configure(other, { liveScreen: false }, op())
    expect(await read()).toMatchObject({ values: { liveScreen: false } })
    // Somebody’s remote desktop is not taken over.
    const uuid = acts.uuidOf(other)
    await acts.lab.manage('modifyvm', uuid, '--vrde', 'on')
    const closed = await read()
    expect(closed?.fields).not.toContain('liveScreen')
    expect(closed?.withheld?.liveScreen).toEqual({ key: 'virtualbox.why.displayInUse' })
  })

  it('is live while somebody looks closely, with a pointer, and off when nobody does', async () => {
    const rows = follow(provider(), id)
    const eye = await look(provider(), id)
    await eye.picture()
    expect(await isServed(), 'a thumbnail is content with pictures').toBe(false)
    eye.source.near?.(true)
    await eye.live()
    expect(eye.source.takes).toEqual({ keyboard: true, pointer: 'absolute', text: true })
    expect(eye.takes.at(-1)).toEqual(eye.source.takes)
    expect(await isServed()).toBe(true)
    const port = Number((await settings()).hardware.remoteDisplay.ports)
    const open = await listening()
    expect(open).toContain(`0100007F:${hex(port)}`)
    expect(open, 'the port that its library would open to everybody').not.toContain(`${'0'.repeat(32)}:${hex(5900)}`)

    eye.source.type('write Typed live!\n')
    await expect
      .poll(() => provider().consoles?.tail(id, 9, op()), { timeout: 20_000 })
      .toMatch(/write Typed live!\n.*Written to the disk/)
    expect(await acts.read(id)).toBe('Typed live!')
    const before = eye.areas()
    eye.source.key('KeyX', true)
    eye.source.key('KeyX', false)
    await eye.changed(before)
    eye.source.key('Backspace', true)
    eye.source.key('Backspace', false)

    // The extension has no word for this one: it goes the other way.
    eye.source.key('NumpadAdd', true)
    eye.source.key('NumpadAdd', false)
    await expect.poll(() => provider().consoles?.tail(id, 1, op()), { timeout: 10_000 }).toMatch(/\+$/)
    eye.source.type('\n')

    eye.source.near?.(false)
    await expect.poll(isServed, { timeout: 10_000 }).toBe(false)
    await eye.picture()
    expect(eye.source.takes.pointer).toBe('none')
    eye.source.close()
    expect(new Set(rows.states()), 'it never seems paused').toEqual(new Set(['running']))
    rows.end()
    expect(await state()).toBe('running')
  })

  it('moves the guest’s pointer, and presses its buttons', async () => {
    const disk = join(acts.lab.folder, 'graphics.img')
    await copyFile(graphicsGuest, disk)
    await truncate(disk, 2 * MiB)
    const from = { disk: { from: 'image', path: disk, format: 'raw', use: 'copy' } } as const
    const drawing = (await provider().create?.create(acts.spec('draws', from), op())) as MachineId
    await provider().configure?.configure(drawing, { liveScreen: true }, op())
    await provider().power.start(drawing, op())
    const eye = await look(provider(), drawing)
    const yellowAt = (): string | null => eye.firstOf([255, 255, 87])
    const at = (x: number, y: number, buttons = 0): void =>
      eye.source.pointer({ kind: 'at', x, y, buttons, wheelX: 0, wheelY: 0 })
    // Before it draws, the BIOS would make half a packet of what moves.
    await expect.poll(() => eye.pictured(), patience).toBe('640×400')
    eye.source.near?.(true)
    await expect.poll(() => eye.takes.at(-1)?.pointer, patience).toBe('absolute')
    expect(yellowAt(), 'a guest that stands still is shown by photographs').toBeNull()
    expect(eye.pictured()).toBe('640×400')
    at(100, 100)
    await expect.poll(yellowAt, patience).not.toBeNull()
    const before = yellowAt()
    at(90, 100)
    await expect.poll(yellowAt, patience).not.toBe(before)
    expect(eye.firstOf([255, 255, 255])).toBeNull()
    at(90, 100, 1)
    await expect.poll(() => eye.firstOf([255, 255, 255]), patience).not.toBeNull()
    at(90, 100)
    await expect.poll(() => eye.firstOf([255, 255, 255]), patience).toBeNull()
    await provider().power.powerOff(drawing, op())
  })

  it('is off while a snapshot is taken, and in it, and live again afterwards', async () => {
    const eye = await look(provider(), id, true)
    await eye.live()
    expect(await acts.ask(id, 'count', /\d+/)).toBeTruthy()
    const taken = await provider().snapshots?.take(id, { name: 'seen', description: '', memory: true }, op())
    const { snapshots } = await settings()
    expect(snapshots.find(({ uuid }) => uuid === taken)?.hardware.remoteDisplay.isEnabled).toBe(false)
    await eye.live()
    await acts.write(id, 'after the snapshot')

    await provider().snapshots?.restore(id, taken as string, op())
    expect(await state()).toBe('running')
    expect(await acts.read(id)).toBe('Typed live!')
    await eye.live()
    const tree = await provider().snapshots?.tree(id, op())
    await provider().snapshots?.undo(id, tree?.restores[0]?.id as string, op())
    eye.source.close()
    expect(await acts.read(id)).toBe('after the snapshot')
    await expect.poll(isServed, { timeout: 10_000 }).toBe(false)
  })

  it('lets its machine be paused and suspended, and is live again when it wakes', async () => {
    await provider().pause?.pause(id, op())
    const paused = await look(provider(), id, true)
    await expect.poll(() => paused.takes.at(-1)?.pointer, patience).toBe('absolute')
    expect(await isServed()).toBe(true)
    expect(await state(), 'nobody wished it to go on').toBe('paused')
    await provider().pause?.resume(id, op())
    await provider().pause?.pause(id, op())
    paused.source.close()
    await expect.poll(isServed, { timeout: 10_000 }).toBe(false)
    expect(await state()).toBe('paused')
    await provider().pause?.resume(id, op())

    const eye = await look(provider(), id, true)
    await eye.live()
    await provider().suspend?.suspend(id, op())
    expect(await state()).toBe('suspended')
    expect(await isServed()).toBe(false)
    expect(await eye.ended).toMatchObject({ why: 'gone' })
    await provider().power.start(id, op())
    const awake = await look(provider(), id, true)
    await awake.live()
    expect(await acts.read(id)).toBe('after the snapshot')
    awake.source.close()
    await expect.poll(isServed, { timeout: 10_000 }).toBe(false)
  })

  it('stays while its machine is reset', async () => {
    // A reset soon after waking hangs VirtualBox’s interpreter, with a display or without.
    await provider().power.powerOff(id, op())
    await provider().power.start(id, op())
    await acts.read(id)
    const eye = await look(provider(), id, true)
    await eye.live()
    await provider().reset?.reset(id, op())
    expect(await acts.read(id)).toBe('after the snapshot')
    expect(await isServed()).toBe(true)
    eye.source.close()
    await expect.poll(isServed, { timeout: 10_000 }).toBe(false)
  })

  it('stays photographs where somebody else has switched the display on, which stays on', async () => {
    await byHand('vrdeport', String(await freePort()))
    await byHand('vrdeproperty', 'VNCPassword=theirs')
    await whilePaused(() => byHand('vrde', 'on'))
    const eye = await look(provider(), id, true)
    await eye.picture()
    eye.source.type('clear\n')
    await eye.picture()
    expect(eye.source.takes.pointer).toBe('none')
    eye.source.close()
    await provider().snapshots?.take(id, { name: 'theirs', description: '', memory: true }, op())
    expect(await isServed()).toBe(true)
    await whilePaused(() => byHand('vrde', 'off'))
  })

  it('is switched off by the next Berth when one is killed while it switches, and its machine let go on', async () => {
    const record = join(acts.host.dataDir, 'displays', `${acts.uuidOf(id)}.json`)
    await byHand('pause')
    await byHand('vrde', 'on')
    await writeRecord(record, { version: 1, isPausedByUs: true })
    await acts.again()
    expect(await state()).toBe('running')
    expect(await isServed()).toBe(false)
    await expect(readFile(record)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await acts.read(id)).toBe('after the snapshot')

    // Killed while it was on, and the machine ended since: it does not start with it.
    await whilePaused(() => byHand('vrde', 'on'))
    await writeRecord(record, { version: 1, isPausedByUs: false })
    await provider().power.powerOff(id, op())
    await provider().power.start(id, op())
    expect(await isServed()).toBe(false)
    expect(await acts.read(id)).toBe('after the snapshot')
  })

  it('is put away when its Berth ends', async () => {
    const eye = await look(provider(), id, true)
    await eye.live()
    await acts.again()
    expect(await isServed()).toBe(false)
    expect(await state()).toBe('running')
    eye.source.close()
  })

  it('ends well with a guest that switches itself off, and with one that is asked to', async () => {
    const eye = await look(provider(), id, true)
    await eye.live()
    eye.source.type('halt\n')
    expect(await eye.ended).toMatchObject({ why: 'gone' })
    expect(await state()).toBe('stopped')
    await expect.poll(isServed, { timeout: 20_000 }).toBe(false)
    await provider().power.start(id, op())
    expect(await acts.read(id)).toBe('after the snapshot')
    const last = await look(provider(), id, true)
    await last.live()
    await provider().power.shutDown(id, op())
    expect(await state()).toBe('stopped')
    expect(await isServed()).toBe(false)
    last.source.close()
  })
})

/** Somebody who looks at a screen. */
interface Eye {
  readonly source: ScreenSource
  readonly takes: readonly ScreenTakes[]
  /** How many parts of the live display were given so far. */
  readonly areas: () => number
  /** Where a colour is first on the live display, as `x,y`; null when it is not there. */
  readonly firstOf: (colour: readonly [red: number, green: number, blue: number]) => string | null
  /** The size of the last photograph. */
  readonly pictured: () => string | null
  /** Settles with the next photograph. */
  picture(): Promise<void>
  /** Settles when the live display has been given. */
  live(): Promise<void>
  /** Settles when there were more parts than so many. */
  changed(count: number): Promise<void>
  readonly ended: Promise<unknown>
}

/** Everybody who looks: a test that fails leaves nobody behind. */
const eyes: Eye[] = []

async function look(provider: Provider, id: MachineId, isNear = false): Promise<Eye> {
  const waiting = new Set<() => void>()
  const takes: ScreenTakes[] = []
  let shows: 'nothing' | 'picture' | 'pixels' = 'nothing'
  let pictures = 0
  let pictured: string | null = null
  let width = 0
  let pixels = Buffer.alloc(0)
  let areas = 0
  let end: (why: unknown) => void = () => {}
  const ended = new Promise((resolve) => {
    end = resolve
  })
  let source: ScreenSource | null = null
  const tell = (): void => {
    for (const one of [...waiting]) one()
    // Seen, and more is asked for.
    queueMicrotask(() => source?.next())
  }
  const events: ScreenEvents = {
    text() {},
    cells() {},
    cursor() {},
    pixels(wide, high) {
      shows = 'pixels'
      width = wide
      pixels = Buffer.alloc(wide * high * 4)
      tell()
    },
    area(area, given) {
      areas += 1
      for (let row = 0; row < area.height; row += 1) {
        const part = given.subarray(row * area.width * 4, (row + 1) * area.width * 4)
        pixels.set(part, ((area.y + row) * width + area.x) * 4)
      }
      tell()
    },
    picture(wide, high) {
      shows = 'picture'
      pictures += 1
      pictured = `${wide}×${high}`
      tell()
    },
    takes: (next) => void takes.push(next),
    ended: (why) => end(why),
  }
  source = await facet({ provider } as never, 'screens').open(id, 'screen0', { takeOver: false }, events, op())
  const until = (what: string, isThere: () => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not ${what} in time; it shows ${shows}`)), 20_000)
      const see = (): void => {
        if (!isThere()) return
        clearTimeout(timer)
        waiting.delete(see)
        resolve()
      }
      waiting.add(see)
      see()
    })
  source.next()
  source.near?.(isNear)
  const eye: Eye = {
    source: source as ScreenSource,
    takes,
    ended,
    areas: () => areas,
    pictured: () => pictured,
    firstOf([red, green, blue]) {
      for (let at = 0; at < pixels.length; at += 4) {
        const isIt = pixels[at] === red && pixels[at + 1] === green && pixels[at + 2] === blue
        if (isIt) return `${(at / 4) % width},${Math.floor(at / 4 / width)}`
      }
      return null
    },
    async picture() {
      const before = shows === 'picture' ? 0 : pictures
      await until('a picture', () => shows === 'picture' && pictures > before)
    },
    live: () => until('live', () => shows === 'pixels' && areas > 0),
    changed: (count) => until('changed', () => areas > count),
  }
  eyes.push(eye)
  return eye
}

/** The states that a machine's row shows. */
function follow(provider: Provider, id: MachineId) {
  const seen: string[] = []
  const stop = provider.watch((change: ProviderChange) => {
    if (change.kind === 'upsert' && change.machine.id === id) seen.push(change.machine.state)
  })
  return { states: () => ['running', ...seen], end: stop }
}

/** Ports of the system that something listens at, each with its address, as `/proc` writes them. */
async function listening(): Promise<readonly string[]> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8')))
  return tables.flatMap((table) =>
    [...table.matchAll(/^ *\d+: ([0-9A-F]+:[0-9A-F]{4}) \S+ 0A /gm)].map(([, at]) => at ?? ''),
  )
}

const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0')
