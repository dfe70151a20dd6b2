import { spawn } from 'node:child_process'
import { inflateSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineId } from '../../../app/domain/ids.ts'
import { openLine } from '../../../main/console/line.ts'
import type { ScreenEvents } from '../../../main/screen/source.ts'
import { errorFrom, op } from '../../conformance/ground.ts'
import { missingVirtualBox } from '../../support/virtualbox-lab.ts'
import { type Acts, openActs } from './acts-ground.ts'

/** What else the computer does: a load of twenty. */
const busyLoops = 20

describe.skipIf(missingVirtualBox !== null)('consoles and screens of VirtualBox machines', () => {
  let acts: Acts
  let id: MachineId
  beforeAll(async () => {
    acts = await openActs('acts-screen')
    id = (await acts.provider().create?.create(acts.spec('talks {uuid}\n--help'), op())) as MachineId
    await acts.provider().list('virtualbox:local', op())
  })
  afterAll(async () => {
    expect(await acts.leave()).toEqual([])
  })

  it('talks on the serial line it was given, shows it to two at once, and keeps what was said', async () => {
    const provider = acts.provider()
    const [serial, screen] = (await provider.consoles?.options(id, op())) ?? []
    expect(serial).toMatchObject({ id: 'serial0', kind: 'serial', withheld: { key: 'why.state.stopped' } })
    expect(screen).toMatchObject({ id: 'screen0', kind: 'screen' })
    await provider.power.start(id, op())
    const one = await line(acts, id)
    await one.heard(/> $/)
    expect(await one.ask('read\r', /Nothing is on the disk/)).toContain('Nothing')
    const two = await line(acts, id)
    // What was said before stands in the log.
    await two.heard(/Nothing is on the disk/)
    await one.ask('write both\r', /Written to the disk/)
    await two.heard(/Written to the disk/)
    one.close()
    two.close()
    expect(await provider.consoles?.tail(id, 5, op())).toContain('Written to the disk')
  })

  it('shows the screen while somebody looks, and takes what is typed there', async () => {
    const shown = pictures()
    const source = await acts.provider().screens?.open(id, 'screen0', { takeOver: false }, shown.events, op())
    expect(source?.takes).toEqual({ keyboard: true, pointer: 'none', text: true })
    source?.next()
    const before = await shown.next()
    expect(before).toMatchObject({ width: expect.any(Number), isPng: true })
    const talk = await line(acts, id)
    source?.type('write Typed!\n')
    await talk.heard(/write Typed![\s\S]*Written to the disk/)
    expect(await talk.ask('read\r', /On the disk: (.*)\r/)).toContain('Typed!')
    talk.close()
    source?.next()
    const after = await shown.next()
    expect(after.pixels.equals(before.pixels)).toBe(false)
    source?.key('KeyX', true)
    source?.key('KeyX', false)
    source?.close()
  })

  it('gives every key once, however busy the computer is', { timeout: 240_000 }, async () => {
    const busy = Array.from({ length: busyLoops }, () =>
      spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
    )
    try {
      const source = await acts.provider().screens?.open(id, 'screen0', { takeOver: false }, pictures().events, op())
      const talk = await line(acts, id)
      const typed = 'write abcdefghijklmnopqrstuvwxyz'
      for (const letter of typed) {
        const code = letter === ' ' ? 'Space' : `Key${letter.toUpperCase()}`
        source?.key(code, true)
        // As long as a person's finger stays on a key.
        await new Promise((resolve) => setTimeout(resolve, 40))
        source?.key(code, false)
      }
      source?.key('Enter', true)
      source?.key('Enter', false)
      await talk.heard(/write abcdefghijklmnopqrstuvwxyz[\s\S]*Written to the disk/, 0, 200_000)
      expect(await talk.ask('read\r', /On the disk: (.*)\r/)).toContain('abcdefghijklmnopqrstuvwxyz')
      talk.close()
      source?.close()
    } finally {
      for (const one of busy) one.kill('SIGKILL')
    }
  })

  it('says that the screen is over when the machine goes off', async () => {
    const shown = pictures()
    const source = await acts.provider().screens?.open(id, 'screen0', { takeOver: false }, shown.events, op())
    source?.next()
    await shown.next()
    await acts.provider().power.powerOff(id, op())
    source?.next()
    expect(await shown.ended).toMatchObject({ why: 'gone' })
    const error = await errorFrom(
      acts.provider().screens?.open(id, 'screen0', { takeOver: false }, shown.events, op()) as never,
    )
    expect(error).toMatchObject({ code: 'wrong-state' })
  })

  it('gives a machine without a line its own, and a clone not its parent’s', async () => {
    const { lab } = acts
    const provider = acts.provider()
    const said = await lab.manage('createvm', '--name', 'bare', '--register', '--ostype', 'Other', '--default')
    const bare: MachineId = `virtualbox:${/^UUID: (\S+)$/m.exec(said)?.[1] ?? ''}`
    const [without] = (await provider.consoles?.options(bare, op())) ?? []
    expect(without).toMatchObject({
      id: 'serial0',
      withheld: { key: 'virtualbox.console.noSerial' },
      setUp: { changes: { serialConsole: true } },
    })
    await provider.configure?.configure(bare, without?.setUp?.changes ?? {}, op())
    const [after] = (await provider.consoles?.options(bare, op())) ?? []
    expect(after).toMatchObject({ withheld: { key: 'why.state.stopped' } })
    expect((await provider.configure?.read(bare, op()))?.values.serialConsole).toBe(true)

    const elsewhere = await lab.manage('clonevm', acts.uuidOf(bare), '--name', 'cloned elsewhere', '--register')
    expect(elsewhere).toContain('successfully')
    const machines = await provider.list('virtualbox:local', op())
    const cloned = machines.find(({ name }) => name === 'cloned elsewhere')?.id as MachineId
    const [shared] = (await provider.consoles?.options(cloned, op())) ?? []
    expect(shared).toMatchObject({ withheld: { key: 'virtualbox.console.clonedSerial' } })
    const own = await provider.clone?.clone(bare, { name: 'cloned here', mode: 'full', snapshotId: null }, op())
    const [fresh] = (await provider.consoles?.options(own as MachineId, op())) ?? []
    expect(fresh).toMatchObject({ withheld: { key: 'why.state.stopped' } })
  })
})

/** A console as a window has it: by the target that the provider gives. */
async function line(acts: Acts, id: MachineId) {
  const target = await acts.provider().consoles?.target(id, 'serial0', { user: null, folder: null }, op())
  if (target?.kind !== 'socket') throw new Error('no line')
  let said = ''
  let listeners: (() => void)[] = []
  const source = await openLine(target, null, {
    data(bytes) {
      said += Buffer.from(bytes).toString()
      for (const listener of listeners) listener()
    },
    ended() {},
  })
  const heard = (answer: RegExp, from = 0, limitMs = 60_000): Promise<string> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`waited for ${answer}, heard ${JSON.stringify(said.slice(-300))}`)),
        limitMs,
      )
      const look = (): void => {
        if (!answer.test(said.slice(from))) return
        clearTimeout(timer)
        listeners = listeners.filter((one) => one !== look)
        resolve(said.slice(from))
      }
      listeners.push(look)
      look()
    })
  return {
    heard,
    async ask(typed: string, answer: RegExp): Promise<string> {
      const from = said.length
      source.write(typed)
      return heard(answer, from)
    },
    close: () => source.close(),
  }
}

interface Picture {
  readonly width: number
  readonly height: number
  readonly isPng: boolean
  readonly pixels: Buffer
}

function pictures() {
  const waiting: ((picture: Picture) => void)[] = []
  const had: Picture[] = []
  let end: (why: unknown) => void = () => {}
  const ended = new Promise<unknown>((resolve) => {
    end = resolve
  })
  const events: ScreenEvents = {
    text() {},
    cells() {},
    cursor() {},
    pixels() {},
    area() {},
    picture(width, height, png) {
      const copy = Buffer.from(png)
      const picture = { width, height, isPng: copy.subarray(1, 4).toString() === 'PNG', pixels: unpacked(copy) }
      const next = waiting.shift()
      if (next === undefined) had.push(picture)
      else next(picture)
    },
    takes() {},
    ended: (why) => end(why),
  }
  const next = (): Promise<Picture> => {
    const picture = had.shift()
    return picture === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(picture)
  }
  return { events, next, ended }
}

function unpacked(png: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at)
    if (png.subarray(at + 4, at + 8).toString() === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length))
    at += length + 12
  }
  return inflateSync(Buffer.concat(parts))
}
