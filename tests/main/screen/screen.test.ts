import { setTimeout as pass } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { failure } from '../../../app/domain/errors.ts'
import { packText } from '../../../app/domain/screen.ts'
import { look, stage as makeStage, type Stage } from './stage.ts'

const grey = { foreground: 0xaaaaaa, background: 0 }
const stages: Stage[] = []

function stage(...args: Parameters<typeof makeStage>): Stage {
  const made = makeStage(...args)
  stages.push(made)
  return made
}
afterEach(() => {
  for (const { screen } of stages.splice(0)) screen.close()
})

/** A source that has a text screen at once. */
const withText = {
  begin: (events: Parameters<NonNullable<Parameters<typeof makeStage>[0]>['begin'] & {}>[0]) => events.text(10, 2),
}

describe('a screen', () => {
  it('is opened when somebody looks, not before', async () => {
    const { screen, sources } = stage(withText)
    expect(sources).toHaveLength(0)
    const eye = look(screen)
    expect(eye.statuses[0]?.state).toBe('connecting')
    await eye.status(({ state }) => state === 'live')
    await eye.frame(({ kind }) => kind === 'text')
    expect(sources).toHaveLength(1)
  })

  it('is opened once for everybody, and given whole to whoever comes late', async () => {
    const { screen, sources, opened } = stage(withText)
    const first = look(screen)
    const { events } = await opened(1)
    events.cells(1, 0, packText('hello', grey))
    await first.frame((frame) => frame.kind === 'text' && frame.lines.includes(1))
    const second = look(screen)
    expect(await second.frame(() => true)).toMatchObject({ kind: 'text', lines: [0, 1] })
    expect(sources).toHaveLength(1)
  })

  it('tells its source whether anybody looks closely, or only at thumbnails', async () => {
    const { screen, opened } = stage(withText)
    const thumbnail = look(screen, true, false)
    const { nears } = await opened(1)
    await thumbnail.status(({ state }) => state === 'live')
    expect(nears).toEqual([])
    const [one, other] = [look(screen), look(screen)]
    expect(nears).toEqual([true])
    one.viewer.leave()
    expect(nears).toEqual([true])
    other.viewer.leave()
    expect(nears).toEqual([true, false])
    const again = look(screen)
    thumbnail.viewer.leave()
    expect(nears).toEqual([true, false, true])
    // The last to leave may only be reloading.
    again.viewer.leave()
    expect(nears).toEqual([true, false, true])
  })

  it('tells each source that is opened anew', async () => {
    const { screen, opened, setMachine } = stage(withText)
    look(screen)
    await expect.poll(async () => (await opened(1)).nears).toEqual([true])
    setMachine('stopped')
    setMachine('running')
    await expect.poll(async () => (await opened(2)).nears).toEqual([true])
  })

  it('joins what changes in a moment into one frame', async () => {
    const { screen, opened } = stage(withText)
    const eye = look(screen)
    const { events } = await opened(1)
    await eye.frame(() => true)
    const before = eye.frames.length
    for (let column = 0; column < 10; column += 1) events.cells(0, column, packText('x', grey))
    await eye.frame(({ frame }) => frame > before)
    await pass(40)
    expect(eye.frames.length).toBe(before + 1)
  })

  it('lets a slow viewer skip what it could not show, and holds nobody up for it', async () => {
    const { screen, opened } = stage(withText)
    const slow = look(screen, false)
    const quick = look(screen)
    const { events } = await opened(1)
    await slow.frame(() => true)
    for (const text of ['one', 'two', 'three']) {
      events.cells(0, 0, packText(text, grey))
      const { length } = quick.frames
      await quick.frame(({ frame }) => frame > length)
    }
    expect(slow.frames).toHaveLength(1)
    slow.viewer.shown(1)
    expect(await slow.frame(({ frame }) => frame === 2)).toMatchObject({ lines: [0] })
    slow.viewer.shown(1)
    expect(slow.frames).toHaveLength(2)
  })

  it('asks its source for more only when somebody has seen what there was', async () => {
    const { screen, opened } = stage()
    const eye = look(screen, false)
    const source = await opened(1)
    await eye.status(({ state }) => state === 'live')
    expect(source.nexts).toBe(1)
    source.events.picture(2, 2, Uint8Array.of(1))
    await eye.frame(() => true)
    expect(source.nexts).toBe(1)
    eye.viewer.shown(1)
    expect(source.nexts).toBe(2)
    // The same picture again is nothing to show, so nobody is waited for.
    source.events.picture(2, 2, Uint8Array.of(1))
    await expect.poll(() => source.nexts).toBe(3)
    expect(eye.frames).toHaveLength(1)
  })

  it('is kept for a moment when nobody looks any more, then closed; the picture stays', {
    timeout: 30_000,
  }, async () => {
    const { screen, opened } = stage(withText)
    const first = look(screen)
    const source = await opened(1)
    await first.frame(() => true)
    first.viewer.leave()
    const again = look(screen)
    expect(await again.frame(() => true)).toMatchObject({ lines: [0, 1] })
    expect(source.isClosed).toBe(false)
    again.viewer.leave()
    await expect.poll(() => source.isClosed, { timeout: 20_000, interval: 100 }).toBe(true)
    const late = look(screen)
    expect(late.frames).toHaveLength(1)
    expect(late.statuses[0]).toMatchObject({ state: 'connecting' })
    expect(late.statuses[0]?.pictureAt).not.toBeNull()
    await opened(2)
  })
})

describe('a screen whose machine', () => {
  it('is off says so, and is opened when that runs', async () => {
    const { screen, sources, opened, setMachine } = stage(withText)
    setMachine('stopped')
    const eye = look(screen)
    expect(eye.statuses.at(-1)).toMatchObject({ state: 'off' })
    setMachine('starting')
    expect(eye.statuses.at(-1)).toMatchObject({ state: 'connecting' })
    expect(sources).toHaveLength(0)
    setMachine('running')
    await opened(1)
    await eye.status(({ state }) => state === 'live')
  })

  it('stops is closed, keeps its picture and comes back by itself', async () => {
    const { screen, opened, setMachine } = stage(withText)
    const eye = look(screen)
    const source = await opened(1)
    await eye.status(({ state }) => state === 'live')
    setMachine('stopped')
    expect(source.isClosed).toBe(true)
    expect(eye.statuses.at(-1)).toMatchObject({ state: 'off', takes: { keyboard: false } })
    expect(eye.statuses.at(-1)?.pictureAt).not.toBeNull()
    source.events.cells(0, 0, packText('late', grey))
    setMachine('running')
    await opened(2)
    await eye.status(({ state }) => state === 'live')
  })

  it('is paused stays as it is', async () => {
    const { screen, opened, setMachine } = stage(withText)
    const eye = look(screen)
    const source = await opened(1)
    await eye.status(({ state }) => state === 'live')
    setMachine('paused')
    expect(source.isClosed).toBe(false)
    expect(eye.statuses.at(-1)?.state).toBe('live')
  })

  it('is removed is off for good', async () => {
    const { screen, opened, setMachine } = stage(withText)
    const eye = look(screen)
    await opened(1)
    setMachine(null)
    await eye.status(({ state }) => state === 'off')
  })
})

describe('a screen that breaks', () => {
  it('is tried again, and says how often', async () => {
    const made = stage(withText)
    const eye = look(made.screen)
    const source = await made.opened(1)
    await eye.status(({ state }) => state === 'live')
    made.refuse = () => {
      throw failure('unreachable', { key: 'screen.none' })
    }
    source.events.ended({ why: 'gone', reason: null })
    expect(eye.statuses.at(-1)).toMatchObject({ state: 'lost', attempts: 1 })
    await eye.status(({ attempts }) => attempts === 2)
    made.refuse = null
    await made.opened(2)
    await eye.status(({ state }) => state === 'live')
    expect(eye.statuses.at(-1)).toMatchObject({ attempts: 0 })
  })

  it('is tried at once when a person asks', async () => {
    const made = stage(withText)
    made.refuse = () => {
      throw failure('unreachable', { key: 'screen.none' })
    }
    const eye = look(made.screen)
    await eye.status(({ attempts }) => attempts >= 3)
    made.refuse = null
    eye.viewer.open(false)
    await eye.status(({ state }) => state === 'live')
  })

  it('is not tried again when there is none', async () => {
    const made = stage()
    made.refuse = () => {
      throw failure('unsupported', { key: 'screen.none' })
    }
    const eye = look(made.screen)
    await eye.status(({ state }) => state === 'none')
    made.refuse = null
    await pass(400)
    expect(made.sources).toHaveLength(0)
  })

  it('is left to the program that took it until a person takes it over', async () => {
    const made = stage(withText)
    const eye = look(made.screen)
    const source = await made.opened(1)
    await eye.status(({ state }) => state === 'live')
    source.events.ended({ why: 'taken', reason: null })
    expect(eye.statuses.at(-1)).toMatchObject({ state: 'taken' })
    await pass(400)
    expect(made.sources).toHaveLength(1)
    eye.viewer.open(true)
    expect((await made.opened(2)).takeOver).toBe(true)
  })
})

describe('a person’s hands', () => {
  const key = (code: string, isDown: boolean) => ({ kind: 'key', code, isDown }) as const

  it('reach the guest only while it is live, and only what it takes', async () => {
    const { screen, opened } = stage({ ...withText, takes: { keyboard: true, pointer: 'relative', text: false } })
    const eye = look(screen)
    eye.viewer.input(key('KeyA', true))
    const { done } = await opened(1)
    await eye.status(({ state }) => state === 'live')
    const none = { buttons: 0, wheelX: 0, wheelY: 0 }
    eye.viewer.input(key('KeyB', true))
    eye.viewer.input({ kind: 'type', text: 'no' })
    eye.viewer.input({ kind: 'pointer', input: { kind: 'at', x: 1, y: 1, ...none } })
    eye.viewer.input({ kind: 'pointer', input: { kind: 'by', dx: 1, dy: 1, ...none } })
    expect(done).toEqual(['KeyB down', 'pointer {"kind":"by","dx":1,"dy":1,"buttons":0,"wheelX":0,"wheelY":0}'])
  })

  it('let go of everything when the viewer leaves', async () => {
    const { screen, opened } = stage(withText)
    const eye = look(screen)
    const { done } = await opened(1)
    await eye.status(({ state }) => state === 'live')
    eye.viewer.input(key('ControlLeft', true))
    eye.viewer.input({ kind: 'pointer', input: { kind: 'at', x: 5, y: 6, buttons: 1, wheelX: 0, wheelY: 0 } })
    eye.viewer.leave()
    expect(done.slice(2)).toEqual([
      'ControlLeft up',
      'pointer {"kind":"at","x":5,"y":6,"buttons":0,"wheelX":0,"wheelY":0}',
    ])
  })

  it('of two viewers hold a key until both have let go', async () => {
    const { screen, opened } = stage(withText)
    const one = look(screen)
    const other = look(screen)
    const { done } = await opened(1)
    await one.status(({ state }) => state === 'live')
    one.viewer.input(key('ShiftLeft', true))
    other.viewer.input(key('ShiftLeft', true))
    one.viewer.input(key('ShiftLeft', false))
    expect(done).not.toContain('ShiftLeft up')
    other.viewer.leave()
    expect(done).toContain('ShiftLeft up')
  })

  it('never let go of what the guest never felt', async () => {
    const { screen, opened } = stage(withText)
    const eye = look(screen)
    const { done } = await opened(1)
    await eye.status(({ state }) => state === 'live')
    eye.viewer.input(key('KeyA', false))
    expect(done).toEqual([])
  })
})
