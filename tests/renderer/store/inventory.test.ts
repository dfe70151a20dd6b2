import { describe, expect, test } from 'vitest'
import { initialInventory, takeChange, takeWhole } from '../../../renderer/store/inventory.ts'
import { endpoint, inventory, machine, qemu } from '../support.ts'

const whole = (revision: number, machines = [machine('a'), machine('b')]) => ({
  revision,
  hosts: [{ id: 'local', label: null, address: null }],
  providers: [qemu],
  endpoints: [endpoint('qemu:local')],
  machines,
  annotations: {},
})

describe('the inventory in the window', () => {
  test('keeps the identity of machines that read the same when the whole comes again', () => {
    const first = takeWhole(initialInventory, whole(1))
    const second = takeWhole(first, whole(2, [machine('a'), machine('b', { state: 'running' })]))
    expect(second.machines.get('qemu:a')).toBe(first.machines.get('qemu:a'))
    expect(second.machines.get('qemu:b')).not.toBe(first.machines.get('qemu:b'))
    expect(second.endpoints).toBe(first.endpoints)
    expect(second.hosts).toBe(first.hosts)
  })

  test('drops machines that the whole does not name any more', () => {
    const first = takeWhole(initialInventory, whole(1))
    expect([...takeWhole(first, whole(2, [machine('b')])).machines.keys()]).toEqual(['qemu:b'])
  })

  test('applies the next change and leaves every other machine as it is', () => {
    const before = inventory([machine('a'), machine('b'), machine('c')])
    const after = takeChange(before, {
      revision: 2,
      upserts: [machine('b', { state: 'running' })],
      removed: ['qemu:c'],
    })
    expect(after?.revision).toBe(2)
    expect(after?.machines.get('qemu:a')).toBe(before.machines.get('qemu:a'))
    expect(after?.machines.get('qemu:b')?.state).toBe('running')
    expect(after?.machines.has('qemu:c')).toBe(false)
  })

  test('does not touch the map of machines when only an endpoint changed', () => {
    const before = inventory([machine('a')])
    const change = {
      revision: 2,
      upserts: [],
      removed: [],
      endpoints: [endpoint('qemu:local', { state: 'unreachable' })],
    }
    const after = takeChange(before, change)
    expect(after?.machines).toBe(before.machines)
    expect(after?.endpoints[0]?.state).toBe('unreachable')
  })

  test('asks for the whole when a revision was missed', () => {
    expect(takeChange(inventory([]), { revision: 3, upserts: [], removed: [] })).toBeNull()
  })

  test('asks for the whole when a change comes before it was read once', () => {
    expect(takeChange(initialInventory, { revision: 0, upserts: [], removed: [] })).toBeNull()
  })

  test('ignores a change that the whole already holds', () => {
    const before = inventory([machine('a')])
    expect(takeChange(before, { revision: 1, upserts: [machine('z')], removed: [] })).toBe(before)
  })
})
