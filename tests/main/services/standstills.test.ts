import { expect, test } from 'vitest'
import type { InventoryChange } from '../../../app/contract/views.ts'
import { watchStandstills } from '../../../main/services/standstills.ts'
import { machineOf } from './small-provider.ts'

test('a machine that its tool stops is told of once until it goes on, and one that a person paused is not', () => {
  let tell: (change: InventoryChange) => void = () => {}
  const told: string[] = []
  const stop = watchStandstills(
    (listener) => {
      tell = listener
      return () => told.push('stopped')
    },
    ({ id }) => told.push(id),
  )
  const upsert = (state: 'paused' | 'running', needsHelp: boolean): void =>
    tell({ revision: 1, upserts: [machineOf('qemu', 'a', { state, needsHelp })], removed: [] })
  upsert('paused', false)
  expect(told).toEqual([])
  upsert('paused', true)
  upsert('paused', true)
  expect(told).toHaveLength(1)
  upsert('running', false)
  upsert('paused', true)
  expect(told).toHaveLength(2)
  tell({ revision: 2, upserts: [], removed: ['qemu:a'] })
  upsert('paused', true)
  expect(told).toHaveLength(3)
  stop()
})
