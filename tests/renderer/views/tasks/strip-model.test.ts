import { describe, expect, test } from 'vitest'
import { initialTasks, takeTask } from '../../../../renderer/store/tasks.ts'
import { orderTasks, stripTasks } from '../../../../renderer/views/tasks/strip-model.ts'
import { task } from '../../support.ts'

const at = (minute: number): string => `2026-11-23T09:${String(minute).padStart(2, '0')}:00.000Z`

describe('the task strip', () => {
  test('shows the newest running task and how many more', () => {
    const state = [task('1'), task('2', { machineId: 'qemu:b' }), task('3', { state: 'queued' })].reduce(
      takeTask,
      initialTasks,
    )
    expect(stripTasks(state, new Set())).toMatchObject({ shown: { id: '2' }, more: 2, failed: 0 })
  })
  test('keeps a task that has just ended only as long as it is told to', () => {
    const state = takeTask(initialTasks, task('1', { state: 'succeeded' }))
    expect(stripTasks(state, new Set(['1'])).shown?.id).toBe('1')
    expect(stripTasks(state, new Set()).shown).toBeNull()
  })
  test('counts failures until they were looked at', () => {
    const state = [task('1'), task('1', { state: 'failed' })].reduce(takeTask, initialTasks)
    expect(stripTasks(state, new Set())).toMatchObject({ shown: null, failed: 1 })
  })
  test('the list has running tasks first, then failed, then done, newest first', () => {
    const tasks = [
      task('done', { state: 'succeeded', endedAt: at(9) }),
      task('failed', { state: 'failed', endedAt: at(1) }),
      task('older', { startedAt: at(2) }),
      task('newer', { startedAt: at(3) }),
      task('cancelled', { state: 'cancelled', endedAt: at(10) }),
    ]
    expect(orderTasks(tasks).map(({ id }) => id)).toEqual(['newer', 'older', 'failed', 'cancelled', 'done'])
  })
})
