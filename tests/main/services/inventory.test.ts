import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { InventoryChange } from '../../../app/contract/views.ts'
import { failure } from '../../../app/domain/errors.ts'
import { sealed } from '../../../main/last-seen.ts'
import type { Provider } from '../../../main/providers/provider.ts'
import { createInventory, type InventoryService } from '../../../main/services/inventory.ts'
import { endpointOf, machineOf, silent, smallProvider } from './small-provider.ts'

let cacheDir: string
let service: InventoryService | null = null

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'berth-inventory-'))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
})

afterEach(async () => {
  vi.useRealTimers()
  await service?.stop()
  service = null
  await rm(cacheDir, { recursive: true })
})

function inventoryOf(...providers: readonly Provider[]) {
  const inventory = createInventory(providers, {}, { cacheDir, log: silent, now: () => new Date() })
  service = inventory
  const changes: InventoryChange[] = []
  inventory.onChanged((change) => changes.push(change))
  return { inventory, changes }
}

const hanging = <T>(): Promise<T> => new Promise<T>(() => {})
const stateOf = (inventory: InventoryService, id: string): string | undefined =>
  inventory.whole().endpoints.find((endpoint) => endpoint.id === id)?.state
const names = (inventory: InventoryService): readonly string[] =>
  inventory
    .whole()
    .machines.map(({ name }) => name)
    .sort()

describe('the inventory', () => {
  it('has a place for every provider from the first moment, and its machines once they are listed', async () => {
    const small = smallProvider('tiny')
    small.put('one')
    const { inventory } = inventoryOf(small.provider)
    expect(stateOf(inventory, 'tiny:local')).toBe('checking')
    expect(names(inventory)).toEqual([])
    await inventory.start()
    expect(stateOf(inventory, 'tiny:local')).toBe('ready')
    expect(names(inventory)).toEqual(['one'])
  })

  it('finishes what an earlier run left before it looks, and looks even when that fails', async () => {
    const order: string[] = []
    const small = smallProvider('tiny', {
      recover: async () => {
        order.push('recover')
        throw new Error('half done')
      },
      probe: async () => {
        order.push('probe')
        return { hosts: [], endpoints: [] }
      },
    })
    await inventoryOf(small.provider).inventory.start()
    expect(order).toEqual(['recover', 'probe'])
  })

  it('does not wait for one provider to show another’s machines', async () => {
    const stuck = smallProvider('stuck', { probe: hanging })
    const small = smallProvider('tiny')
    small.put('one')
    const { inventory } = inventoryOf(stuck.provider, small.provider)
    void inventory.start()
    await vi.advanceTimersByTimeAsync(20)
    expect(names(inventory)).toEqual(['one'])
    expect(stateOf(inventory, 'stuck:local')).toBe('checking')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(stateOf(inventory, 'stuck:local')).toBe('unreachable')
  })

  it('does not wait for one endpoint to show another’s machines', async () => {
    const small = smallProvider('tiny', {
      probe: async () => ({ hosts: [], endpoints: [endpointOf('tiny'), endpointOf('tiny', { id: 'tiny:far' })] }),
      list: (endpointId) => (endpointId === 'tiny:far' ? hanging() : Promise.resolve([machineOf('tiny', 'near')])),
    })
    const { inventory } = inventoryOf(small.provider)
    void inventory.start()
    await vi.advanceTimersByTimeAsync(20)
    expect(names(inventory)).toEqual(['near'])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(stateOf(inventory, 'tiny:far')).toBe('unreachable')
    expect(stateOf(inventory, 'tiny:local')).toBe('ready')
  })

  it('keeps machines as last known while their endpoint does not answer, and asks again later', async () => {
    let isDown = false
    const small = smallProvider('tiny')
    small.put('one')
    const { list } = small.provider
    const asked = vi.fn((...args: Parameters<typeof list>) => (isDown ? hanging<never>() : list(...args)))
    const { inventory } = inventoryOf({ ...small.provider, list: asked })
    await inventory.start()
    isDown = true
    small.notice({ kind: 'list', endpointId: 'tiny:local' })
    await vi.advanceTimersByTimeAsync(11_000)
    expect(stateOf(inventory, 'tiny:local')).toBe('unreachable')
    expect(names(inventory)).toEqual(['one'])
    isDown = false
    await vi.advanceTimersByTimeAsync(5_000)
    expect(stateOf(inventory, 'tiny:local')).toBe('ready')
  })

  it('comes back at once when the provider itself says so', async () => {
    let isDown = true
    const small = smallProvider('tiny', {
      probe: async () => {
        if (isDown) throw failure('unreachable', { key: 'error.line' })
        return { hosts: [], endpoints: [endpointOf('tiny')] }
      },
    })
    small.put('one')
    const { inventory } = inventoryOf(small.provider)
    await inventory.start()
    expect(stateOf(inventory, 'tiny:local')).toBe('unreachable')
    isDown = false
    small.notice({ kind: 'endpoints' })
    await vi.advanceTimersByTimeAsync(300)
    expect(stateOf(inventory, 'tiny:local')).toBe('ready')
    expect(names(inventory)).toEqual(['one'])
  })

  it('lets the machines of an endpoint leave with it', async () => {
    let endpoints = [endpointOf('tiny')]
    const small = smallProvider('tiny', { probe: async () => ({ hosts: [], endpoints }) })
    small.put('one')
    const { inventory } = inventoryOf(small.provider)
    await inventory.start()
    endpoints = []
    await inventory.refresh()
    expect(names(inventory)).toEqual([])
  })

  it('does not believe what a provider says about others’ machines, twice, or without end', async () => {
    const crowd = Array.from({ length: 12_000 }, (_, index) => machineOf('tiny', `m${index}`))
    const small = smallProvider('tiny', {
      list: async () => [machineOf('other', 'x'), machineOf('tiny', 'y', { endpointId: 'other:local' }), ...crowd],
    })
    const { inventory } = inventoryOf(small.provider)
    await inventory.start()
    expect(inventory.whole().machines).toHaveLength(10_000)
    expect(inventory.whole().machines.every(({ id }) => id.startsWith('tiny:'))).toBe(true)
  })

  it('takes a provider that throws where it should not for broken, and goes on', async () => {
    const small = smallProvider('tiny', {
      probe: () => {
        throw new TypeError('mine')
      },
      watch: () => {
        throw new TypeError('mine')
      },
    })
    const { inventory } = inventoryOf(small.provider)
    await inventory.start()
    expect(stateOf(inventory, 'tiny:local')).toBe('broken')
  })
})

describe('a change', () => {
  it('is told once, with the next revision, and only what changed', async () => {
    const small = smallProvider('tiny')
    small.put('one')
    small.put('two')
    const { inventory, changes } = inventoryOf(small.provider)
    await inventory.start()
    await vi.advanceTimersByTimeAsync(20)
    const { revision } = inventory.whole()
    changes.length = 0
    small.notice({ kind: 'upsert', machine: machineOf('tiny', 'one', { state: 'starting' }) })
    small.notice({ kind: 'upsert', machine: machineOf('tiny', 'one', { state: 'running' }) })
    await vi.advanceTimersByTimeAsync(20)
    expect(changes).toEqual([
      { revision: revision + 1, upserts: [expect.objectContaining({ state: 'running' })], removed: [] },
    ])
  })

  it('that is none is not told', async () => {
    const small = smallProvider('tiny')
    const one = small.put('one')
    const { inventory, changes } = inventoryOf(small.provider)
    await inventory.start()
    await vi.advanceTimersByTimeAsync(20)
    changes.length = 0
    const before = inventory.machine(one.id)
    small.notice({ kind: 'upsert', machine: structuredClone(one) })
    await inventory.refresh()
    await vi.advanceTimersByTimeAsync(20)
    expect(changes).toEqual([])
    expect(inventory.machine(one.id)).toBe(before)
  })

  it('is not undone by a list that was asked for before it', async () => {
    const small = smallProvider('tiny')
    const one = small.put('one')
    const two = small.put('two')
    const { inventory } = inventoryOf(small.provider)
    await inventory.start()
    let answer: (machines: readonly (typeof one)[]) => void = () => {}
    small.provider.list = () =>
      new Promise((resolve) => {
        answer = resolve
      })
    small.notice({ kind: 'list', endpointId: 'tiny:local' })
    await vi.advanceTimersByTimeAsync(300)
    small.notice({ kind: 'upsert', machine: { ...one, state: 'running' } })
    small.notice({ kind: 'removed', id: two.id })
    small.notice({ kind: 'upsert', machine: machineOf('tiny', 'three') })
    answer([one, two])
    await vi.advanceTimersByTimeAsync(20)
    expect(names(inventory)).toEqual(['one', 'three'])
    expect(inventory.machine(one.id)?.state).toBe('running')
  })

  it('that a provider reports without end makes no more lists than it can use', async () => {
    const small = smallProvider('tiny')
    const { inventory } = inventoryOf(small.provider)
    await inventory.start()
    const list = vi.spyOn(small.provider, 'list')
    for (let count = 0; count < 10_000; count += 1) small.notice({ kind: 'list', endpointId: 'tiny:local' })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(list.mock.calls.length).toBeLessThanOrEqual(2)
  })

  it('is listed again at once though the clock was set back by an hour', async () => {
    const small = smallProvider('tiny')
    const { inventory } = inventoryOf(small.provider)
    await inventory.start()
    small.notice({ kind: 'list', endpointId: 'tiny:local' })
    await vi.advanceTimersByTimeAsync(1_000)
    vi.setSystemTime(Date.now() - 3_600_000)
    const list = vi.spyOn(small.provider, 'list')
    small.notice({ kind: 'list', endpointId: 'tiny:local' })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(list).toHaveBeenCalled()
  })

  it('about one machine read afresh has been told when the reading is done', async () => {
    const small = smallProvider('tiny')
    const one = small.put('one')
    const { inventory, changes } = inventoryOf(small.provider)
    await inventory.start()
    await vi.advanceTimersByTimeAsync(20)
    changes.length = 0
    small.setState(one.id, 'running')
    await inventory.read(one.id)
    expect(changes).toHaveLength(1)
    small.machines.delete(one.id)
    expect(await inventory.read(one.id)).toBeNull()
    expect(changes[1]?.removed).toEqual([one.id])
  })
})

describe('the list of the last run', () => {
  it('is there before any tool has answered', async () => {
    const first = smallProvider('tiny')
    first.put('one', { state: 'running' })
    const { inventory } = inventoryOf(first.provider)
    await inventory.start()
    await inventory.stop()
    const again = inventoryOf(smallProvider('tiny', { probe: hanging }).provider).inventory
    expect(names(again)).toEqual(['one'])
    expect(stateOf(again, 'tiny:local')).toBe('checking')
  })

  it('is nothing when it is damaged, or another version’s', async () => {
    for (const text of ['{"version":1,"mach', '{"version":0}', '[]', '']) {
      await writeFile(join(cacheDir, 'inventory.json'), sealed(text))
      expect(names(inventoryOf(smallProvider('tiny').provider).inventory)).toEqual([])
    }
  })

  it('does not hold machines of providers that are no more', async () => {
    const gone = smallProvider('gone')
    gone.put('one')
    const { inventory } = inventoryOf(gone.provider)
    await inventory.start()
    await inventory.stop()
    expect(await readFile(join(cacheDir, 'inventory.json'), 'utf8')).toContain('gone:one')
    expect(names(inventoryOf(smallProvider('tiny').provider).inventory)).toEqual([])
  })
})
