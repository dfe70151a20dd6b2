import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { MachineId } from '../../../app/domain/ids.ts'
import { createStats } from '../../../main/services/stats.ts'
import { machineOf, silent, smallProvider } from './small-provider.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function world(read = vi.fn(async (ids: readonly MachineId[]) => ids.map(figure))) {
  const { provider } = smallProvider('tiny', { stats: { read } })
  const stats = createStats(
    {
      machine: (id) => machineOf('tiny', id.slice(5), { state: id === 'tiny:off' ? 'stopped' : 'running' }),
      providerOf: () => provider,
    },
    silent,
  )
  return { stats, read }
}

const figure = (id: MachineId) => ({
  id,
  cpuPercent: 1,
  memoryBytes: null,
  memoryLimitBytes: null,
  diskReadBytesPerSecond: null,
  diskWriteBytesPerSecond: null,
  networkReceiveBytesPerSecond: null,
  networkSendBytesPerSecond: null,
})

describe('figures', () => {
  it('are asked for at most each two seconds, once for all who look, and given to each who asked', async () => {
    const { stats, read } = world()
    const one = vi.fn()
    const two = vi.fn()
    stats.watch(one).view(['tiny:a', 'tiny:b'], ['tiny:a', 'tiny:b'])
    stats.watch(two).view(['tiny:b', 'tiny:c'], ['tiny:c'])
    await vi.advanceTimersByTimeAsync(5_000)
    expect(read).toHaveBeenCalledTimes(3)
    expect(read.mock.calls[0]?.[0]).toEqual(['tiny:a', 'tiny:b', 'tiny:c'])
    expect(one).toHaveBeenCalledWith([figure('tiny:a'), figure('tiny:b')])
    expect(two).toHaveBeenCalledWith([figure('tiny:b'), figure('tiny:c')])
  })

  it('are read twice for what comes into view, then every six seconds for rows and every two for what is open', async () => {
    const { stats, read } = world()
    const asked = (): string[] => read.mock.calls.splice(0).map(([ids]) => ids.map((id) => id.slice(5)).join(' '))
    const watching = stats.watch(() => {})
    watching.view(['tiny:a', 'tiny:b'], [])
    await vi.advanceTimersByTimeAsync(3_000)
    expect(asked()).toEqual(['a b', 'a b'])
    await vi.advanceTimersByTimeAsync(12_000)
    expect(asked()).toEqual(['a b', 'a b'])
    watching.view(['tiny:a', 'tiny:b'], ['tiny:b'])
    await vi.advanceTimersByTimeAsync(12_000)
    expect(asked().sort()).toEqual(['a b', 'a b', 'b', 'b', 'b', 'b'])
    stats.stop()
  })

  it('cost nothing while nobody looks, and no timer stays', async () => {
    const { stats, read } = world()
    const watching = stats.watch(() => {})
    expect(vi.getTimerCount()).toBe(0)
    watching.view(['tiny:a'], ['tiny:a'])
    await vi.advanceTimersByTimeAsync(100)
    watching.view([], [])
    expect(vi.getTimerCount()).toBe(0)
    watching.view(['tiny:a'], ['tiny:a'])
    stats.setVisible(false)
    expect(vi.getTimerCount()).toBe(0)
    stats.setVisible(true)
    watching.close()
    expect(vi.getTimerCount()).toBe(0)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(read).toHaveBeenCalledOnce()
  })

  it('are not asked of machines that do not run', async () => {
    const { stats, read } = world()
    stats.watch(() => {}).view(['tiny:off'], ['tiny:off'])
    await vi.advanceTimersByTimeAsync(5_000)
    expect(read).not.toHaveBeenCalled()
    stats.stop()
  })

  it('are not asked again of a provider that still owes the last ones', async () => {
    const { stats, read } = world(vi.fn(() => new Promise<never>(() => {})))
    stats.watch(() => {}).view(['tiny:a'], ['tiny:a'])
    await vi.advanceTimersByTimeAsync(7_000)
    expect(read).toHaveBeenCalledOnce()
    await vi.advanceTimersByTimeAsync(4_000)
    expect(read).toHaveBeenCalledTimes(2)
    stats.stop()
  })
})
