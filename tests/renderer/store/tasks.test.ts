import { describe, expect, test } from 'vitest'
import { onlyStats, takeStats } from '../../../renderer/store/stats.ts'
import { forgetTasks, initialTasks, seeAll, takeTask, takeTasks } from '../../../renderer/store/tasks.ts'
import { task } from '../support.ts'

describe('tasks in the window', () => {
  test('a machine is busy with its running task before one that waits', () => {
    const state = [task('1', { state: 'queued' }), task('2')].reduce(takeTask, initialTasks)
    expect(state.byMachine.get('qemu:web')?.id).toBe('2')
  })

  test('a machine is free again when its task is over', () => {
    const state = [task('1'), task('1', { state: 'succeeded' })].reduce(takeTask, initialTasks)
    expect(state.byMachine.size).toBe(0)
    expect(state.byId.get('1')?.state).toBe('succeeded')
  })

  test('a failure is unseen until it is looked at', () => {
    const failed = [task('1'), task('1', { state: 'failed' })].reduce(takeTask, initialTasks)
    expect([...failed.unseen]).toEqual(['1'])
    expect(seeAll(failed).unseen.size).toBe(0)
  })

  test('a failure that is told again does not become unseen again', () => {
    const seen = seeAll(takeTask(initialTasks, task('1', { state: 'failed' })))
    expect(takeTask(seen, task('1', { state: 'failed' })).unseen.size).toBe(0)
  })

  test('failures from before the window opened are not news, those during a lost line are', () => {
    expect(takeTasks(initialTasks, [task('1', { state: 'failed' })]).unseen.size).toBe(0)
    const running = takeTask(initialTasks, task('1'))
    expect([...takeTasks(running, [task('1', { state: 'failed' })]).unseen]).toEqual(['1'])
  })

  test('cleared tasks are forgotten, their failures with them', () => {
    const state = forgetTasks(takeTask(initialTasks, task('1', { state: 'failed' })), ['1'])
    expect(state.byId.size + state.unseen.size).toBe(0)
  })
})

describe('figures in the window', () => {
  const figure = (id: string, cpuPercent: number) => ({
    id: `qemu:${id}` as const,
    cpuPercent,
    memoryBytes: null,
    memoryLimitBytes: null,
    diskReadBytesPerSecond: null,
    diskWriteBytesPerSecond: null,
    networkReceiveBytesPerSecond: null,
    networkSendBytesPerSecond: null,
  })

  test('two minutes are kept, oldest first', () => {
    let state = { byMachine: new Map() }
    for (let sample = 0; sample < 100; sample += 1) state = takeStats(state, [figure('a', sample)]) as typeof state
    const history = state.byMachine.get('qemu:a')
    expect(history).toHaveLength(60)
    expect(history?.[0]?.cpuPercent).toBe(40)
    expect(history?.at(-1)?.cpuPercent).toBe(99)
  })

  test('machines off screen are forgotten', () => {
    const state = takeStats({ byMachine: new Map() }, [figure('a', 1), figure('b', 2)])
    expect([...onlyStats(state, new Set(['qemu:b'] as const)).byMachine.keys()]).toEqual(['qemu:b'])
    expect(onlyStats(state, new Set(['qemu:a', 'qemu:b'] as const))).toBe(state)
  })
})
