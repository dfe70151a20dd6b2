import { describe, expect, it } from 'vitest'
import type { PointerInput } from '../../../app/domain/screen.ts'
import { createPointerGather } from '../../../renderer/screen/pointer.ts'

function mouse() {
  const sent: PointerInput[] = []
  let jobs: (() => void)[] = []
  const pointer = createPointerGather(
    (input) => sent.push(input),
    (job) => jobs.push(job),
  )
  return {
    pointer,
    sent,
    picture() {
      const now = jobs
      jobs = []
      for (const job of now) job()
    },
  }
}

describe('a pointer', () => {
  it('says once for each picture where it is', () => {
    const { pointer, sent, picture } = mouse()
    for (const x of [1, 2, 3]) pointer.moveTo(x, 10)
    expect(sent).toEqual([])
    picture()
    expect(sent).toEqual([{ kind: 'at', x: 3, y: 10, buttons: 0, wheelX: 0, wheelY: 0 }])
    picture()
    expect(sent).toHaveLength(1)
  })

  it('says a press at once and where it was, and loses no quick click', () => {
    const { pointer, sent, picture } = mouse()
    pointer.moveTo(5, 5)
    pointer.buttons(1)
    pointer.buttons(0)
    picture()
    expect(sent.map(({ buttons }) => buttons)).toEqual([1, 0])
    expect(sent[0]).toMatchObject({ kind: 'at', x: 5, y: 5 })
  })

  it('adds movements up, and keeps what is less than a pixel for later', () => {
    const { pointer, sent, picture } = mouse()
    pointer.moveBy(0.4, 0)
    pointer.moveBy(0.4, -3)
    picture()
    pointer.moveBy(0.4, 0)
    picture()
    expect(sent).toMatchObject([
      { kind: 'by', dx: 1, dy: -3 },
      { kind: 'by', dx: 0, dy: 0 },
    ])
  })

  it('makes whole steps of a wheel, however finely it turns', () => {
    const { pointer, sent, picture } = mouse()
    pointer.moveTo(0, 0)
    for (let turn = 0; turn < 5; turn += 1) pointer.wheel({ deltaX: 0, deltaY: 50, deltaMode: 0 })
    picture()
    pointer.wheel({ deltaX: 0, deltaY: -3, deltaMode: 1 })
    picture()
    expect(sent.map(({ wheelY }) => wheelY)).toEqual([2, -1])
  })

  it('forgets what is held when it rests', () => {
    const { pointer, sent, picture } = mouse()
    pointer.buttons(1)
    pointer.moveBy(3, 3)
    pointer.rest()
    picture()
    expect(sent).toHaveLength(1)
    pointer.buttons(1)
    expect(sent).toHaveLength(2)
  })
})
