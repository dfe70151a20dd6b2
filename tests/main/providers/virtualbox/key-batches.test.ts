import { describe, expect, it } from 'vitest'
import { heldAfterMs, nextBatch, type Stroke } from '../../../../main/providers/virtualbox/key-batches.ts'

const down = (code: string, atMs = 0): Stroke => ({ code, isDown: true, atMs })
const up = (code: string, atMs = 0): Stroke => ({ code, isDown: false, atMs })
const press = (code: string): readonly Stroke[] => [down(code), up(code)]

describe('keys on their way to a VirtualBox machine', () => {
  it('wait for their release, so that both go in one command and the keyboard never repeats them', () => {
    expect(nextBatch([down('KeyW')], 0)).toBe(0)
    expect(nextBatch([down('KeyW'), up('KeyW')], 0)).toBe(2)
    expect(nextBatch([...press('KeyW'), down('KeyR')], 0)).toBe(2)
  })

  it('keep the order of a quick typist whose keys overlap', () => {
    expect(nextBatch([down('KeyA'), down('KeyB'), up('KeyA')], 0)).toBe(0)
    expect(nextBatch([down('KeyA'), down('KeyB'), up('KeyA'), up('KeyB')], 0)).toBe(4)
  })

  it('are given once they are held, and their release as soon as it comes', () => {
    expect(nextBatch([down('KeyA')], heldAfterMs)).toBe(1)
    expect(nextBatch([up('KeyA')], 0)).toBe(1)
  })

  it('do not wait behind a modifier, which may stay down', () => {
    expect(nextBatch([down('ShiftLeft')], 0)).toBe(1)
    expect(nextBatch([down('ShiftLeft'), ...press('KeyA')], 0)).toBe(3)
  })

  it('are never cut between the two halves of one', () => {
    const many = Array.from({ length: 20 }, () => press('KeyX')).flat()
    expect(nextBatch(many, 0)).toBe(16)
    expect(nextBatch([down('ShiftLeft'), ...many], 0)).toBe(15)
  })
})
