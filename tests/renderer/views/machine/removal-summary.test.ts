import { describe, expect, test } from 'vitest'
import type { RemovalPlan } from '../../../../app/domain/trash.ts'
import { sayIn } from '../../../../renderer/say.tsx'
import { namesInSentence, summaryOf } from '../../../../renderer/views/machine/removal-summary.ts'

const plan = (key: string, more: Partial<RemovalPlan> = {}): RemovalPlan => ({
  machineId: `qemu:${key}`,
  way: 'trash',
  sizeBytes: null,
  snapshotCount: 0,
  stays: [],
  volumes: [],
  blockedBy: [],
  ...more,
})

describe('what deleting several machines comes to', () => {
  test('tells what goes for good from what goes to the trash, and counts size and snapshots of the former alone', () => {
    const summary = summaryOf([
      plan('disk', { sizeBytes: 5_000, snapshotCount: 7 }),
      plan('box', { way: 'gone', sizeBytes: 300, snapshotCount: 2 }),
      plan('other', { way: 'gone', snapshotCount: 1 }),
      plan('base', { way: 'gone', blockedBy: ['clone'], sizeBytes: 9_000 }),
    ])
    expect(summary.isMixed).toBe(true)
    expect(summary.gone.map(({ machineId }) => machineId)).toEqual(['qemu:box', 'qemu:other'])
    expect(summary.trashed.map(({ machineId }) => machineId)).toEqual(['qemu:disk'])
    expect(summary.blocked.map(({ machineId }) => machineId)).toEqual(['qemu:base'])
    expect(summary).toMatchObject({ sizeBytes: 300, snapshotCount: 3 })
  })

  test('is not mixed where all go the same way', () => {
    expect(summaryOf([plan('a'), plan('b')])).toMatchObject({ isMixed: false, sizeBytes: null })
    expect(summaryOf([plan('a', { way: 'gone' }), plan('b', { way: 'gone' })]).isMixed).toBe(false)
  })
})

describe('the names of several machines in a sentence', () => {
  test('are all said of a few, and numbered beyond', () => {
    expect(namesInSentence(['a', 'b'], sayIn('en'))).toBe('a, b')
    expect(namesInSentence(['a', 'b', 'c', 'd', 'e', 'f', 'g'], sayIn('en'))).toBe('a, b, c, d, e and 2 more')
    expect(namesInSentence(['a', 'b', 'c', 'd', 'e', 'f', 'g'], sayIn('ko'))).toBe('a, b, c, d, e 외 2개')
  })
})
