import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEmitter } from '../../../app/util/emitter.ts'

describe('an emitter', () => {
  it('tells everyone who listens, once each, in the order they came', () => {
    const steps = fc.array(fc.oneof(fc.constant('add'), fc.constant('emit'), fc.nat(9)), { maxLength: 40 })
    fc.assert(
      fc.property(steps, (list) => {
        const emitter = createEmitter<number>()
        const listening = new Map<number, () => void>()
        const heard: number[] = []
        let next = 0
        for (const step of list) {
          if (step === 'add') {
            const id = next
            next += 1
            listening.set(
              id,
              emitter.on(() => heard.push(id)),
            )
          } else if (step === 'emit') {
            heard.length = 0
            emitter.emit(1)
            expect(heard).toEqual([...listening.keys()])
          } else if (typeof step === 'number') {
            listening.get(step)?.()
            listening.delete(step)
          }
          expect(emitter.size()).toBe(listening.size)
        }
      }),
    )
  })

  it('goes on to the others when one throws, and says what was thrown', () => {
    const thrown: unknown[] = []
    const emitter = createEmitter<number>((error) => thrown.push(error))
    const heard: number[] = []
    emitter.on(() => {
      throw new Error('mine')
    })
    emitter.on((value) => heard.push(value))
    emitter.emit(7)
    expect(heard).toEqual([7])
    expect(thrown).toHaveLength(1)
  })

  it('lets the same function listen twice, and no longer calls one that was removed meanwhile', () => {
    const emitter = createEmitter<number>()
    const heard: string[] = []
    const twice = (): void => void heard.push('twice')
    const stop = emitter.on(twice)
    emitter.on(twice)
    emitter.on(() => stopLast())
    const stopLast = emitter.on(() => heard.push('last'))
    emitter.emit(1)
    expect(heard).toEqual(['twice', 'twice'])
    stop()
    emitter.emit(1)
    expect(heard).toEqual(['twice', 'twice', 'twice'])
  })
})
