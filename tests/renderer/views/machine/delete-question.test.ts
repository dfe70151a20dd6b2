import { describe, expect, test } from 'vitest'
import type { MachineId } from '../../../../app/domain/ids.ts'
import type { MachineState } from '../../../../app/domain/machine.ts'
import type { RemovalPlan } from '../../../../app/domain/trash.ts'
import { canRecover } from '../../../../renderer/store/tasks.ts'
import { asksBeforeDeleting, isUndoable } from '../../../../renderer/views/machine/delete-question.ts'
import { offeredVerbKey } from '../../../../renderer/views/machine/power-verbs.ts'
import { inventory, machine, task } from '../../support.ts'

const plan: RemovalPlan = {
  machineId: 'qemu:a',
  way: 'trash',
  sizeBytes: 1,
  snapshotCount: 6,
  stays: ['/iso'],
  volumes: [],
  blockedBy: [],
}

describe('deleting', () => {
  test.each([
    ['goes to the trash', {}, true],
    ['is gone for good', { way: 'gone' }, false],
    ['is needed by another machine', { blockedBy: ['b'] }, false],
    ['has a volume that may go along', { volumes: ['data'] }, false],
  ] as const)('what %s is undoable: %o %s', (_what, change, expected) => {
    expect(isUndoable({ ...plan, ...change })).toBe(expected)
  })

  const asks = (states: readonly MachineState[]): boolean => {
    const machines = states.map((state, index) => machine(`m${index}`, { state }))
    return asksBeforeDeleting(
      { inventory: inventory(machines) },
      machines.map(({ id }) => id),
    )
  }
  test('asks of what runs, of what is not known, and of more than five', () => {
    expect(asks(['stopped'])).toBe(false)
    expect(asks(['stopped', 'crashed', 'suspended', 'stopped', 'stopped'])).toBe(false)
    expect(asks(['stopped', 'running'])).toBe(true)
    expect(asks(['unknown'])).toBe(true)
    expect(asks(Array<MachineState>(6).fill('stopped'))).toBe(true)
    expect(asksBeforeDeleting({ inventory: inventory([]) }, ['qemu:gone'])).toBe(true)
  })

  test('has the dots in menus where it asks first', () => {
    expect(offeredVerbKey('remove', machine('a', { state: 'stopped' }))).toBe('verb.removeUnasked')
    expect(offeredVerbKey('remove', machine('a', { state: 'running', kind: 'container' }))).toBe('verb.remove')
  })
})

describe('a deleted machine', () => {
  const removal = task('r', { verb: 'remove', machineId: 'qemu:a', state: 'succeeded', result: { trashId: 't1' } })
  const none = new Map<MachineId, unknown>()

  test('can be brought back while it is in the trash', () => {
    expect(canRecover(removal, [removal], none)).toBe(true)
  })
  test('cannot be brought back once it is there again, was purged, or never was in the trash', () => {
    expect(canRecover(removal, [removal], new Map([['qemu:a', {}]]))).toBe(false)
    const purge = task('p', { verb: 'purge', state: 'succeeded', result: { purgedIds: ['t0', 't1'] } })
    expect(canRecover(removal, [removal, purge], none)).toBe(false)
    expect(canRecover({ ...removal, result: {} }, [removal], none)).toBe(false)
    expect(canRecover({ ...removal, state: 'failed' }, [removal], none)).toBe(false)
  })
  test('that was brought back and deleted again is recovered once, by its last deletion', () => {
    const createdAt = new Date(Date.parse(removal.createdAt) + 5_000).toISOString()
    const second = { ...removal, id: 'r2', createdAt, result: { trashId: 't2' } }
    const both = [removal, second]
    expect(both.map((one) => canRecover(one, both, none))).toEqual([false, true])
  })
})
