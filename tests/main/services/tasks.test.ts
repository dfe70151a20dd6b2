import { describe, expect, it, vi } from 'vitest'
import { failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Machine } from '../../../app/domain/machine.ts'
import type { Task } from '../../../app/domain/task.ts'
import type { Op } from '../../../main/providers/provider.ts'
import { createTasks, type TaskRequest } from '../../../main/services/tasks.ts'
import { endpointOf, machineOf, silent } from './small-provider.ts'

const id: MachineId = 'tiny:one'

/** Tasks over one machine in a given state. */
function world(rest: Partial<Machine> = {}, read = vi.fn(async () => null)) {
  let machine = machineOf('tiny', 'one', rest)
  let now = Date.parse('2026-01-01T00:00:00Z')
  let monotonicMs = 0
  const tasks = createTasks({
    inventory: {
      machine: (wanted) => (wanted === id ? machine : null),
      contextOf: () => ({
        machine,
        endpoint: endpointOf('tiny'),
        provider: { id: 'tiny', label: 'TINY', kind: 'vm', capabilities: ['pause'], unsupported: {} },
      }),
      read,
    },
    log: silent,
    now: () => new Date(now),
    monotonicMs: () => monotonicMs,
  })
  const told: Task[] = []
  tasks.onChanged((task) => told.push(task))
  const request = (verb: 'start' | 'shutDown' | 'powerOff' | 'pause', run: TaskRequest['run']): TaskRequest => ({
    verb,
    permit: verb,
    machineId: id,
    machineName: 'one',
    subject: null,
    run,
  })
  return {
    tasks,
    told,
    read,
    request,
    become: (state: Machine['state']) => {
      machine = { ...machine, state }
    },
    pass: (ms: number) => {
      now += ms
      monotonicMs += ms
    },
    setClockBack: (ms: number) => {
      now -= ms
    },
  }
}

/** Work that ends when it is cancelled, and says so as providers do. */
const untilCancelled = ({ signal }: Op): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(failure('cancelled', { key: 'error.cancelled' })))
  })
const nothing = async () => ({})

describe('a task', () => {
  it('has its id at once, runs, and is announced done only after the machine was read afresh', async () => {
    const order: string[] = []
    const read = vi.fn(async () => {
      order.push('read')
      return null
    })
    const { tasks, told, request } = world({}, read)
    tasks.onChanged(({ state }) => order.push(state))
    const task = tasks.start(request('start', nothing))
    expect(told).toEqual([])
    expect(await tasks.settled(task)).toMatchObject({ state: 'succeeded', machineId: id, machineName: 'one' })
    expect(order).toEqual(['running', 'read', 'succeeded'])
  })

  it('knows the kind of its machine, because containers are spoken of otherwise', async () => {
    const { tasks, request } = world({ kind: 'container', state: 'running' })
    expect(await tasks.settled(tasks.start(request('shutDown', nothing)))).toMatchObject({ machineKind: 'container' })
    const makes = { ...request('start', nothing), permit: null, machineId: null }
    expect(await tasks.settled(tasks.start(makes))).not.toHaveProperty('machineKind')
  })

  it('that is not permitted is refused with the reason, and does not run', () => {
    const run = vi.fn(nothing)
    const { tasks, request } = world({ state: 'running' })
    expect(() => tasks.start(request('start', run))).toThrow(
      expect.objectContaining({ error: expect.objectContaining({ code: 'wrong-state' }) }),
    )
    expect(run).not.toHaveBeenCalled()
    expect(tasks.list()).toEqual([])
  })

  it('is refused while the machine is busy with another', async () => {
    const { tasks, request } = world({ state: 'running' })
    const first = tasks.start(request('pause', untilCancelled))
    expect(() => tasks.start(request('shutDown', nothing))).toThrow(
      expect.objectContaining({ error: expect.objectContaining({ code: 'busy' }) }),
    )
    tasks.cancel(first)
    await tasks.settled(first)
  })

  it('that fails keeps its error and what it made', async () => {
    const { tasks, request } = world()
    const task = tasks.start({
      ...request('start', async (_op, made) => {
        made({ machineId: 'tiny:two' })
        throw failure('no-space', { key: 'error.toolFailed', params: { tool: 'x' } })
      }),
      verb: 'create',
      permit: null,
      machineId: null,
      key: 'create',
    })
    expect(await tasks.settled(task)).toMatchObject({
      state: 'failed',
      error: { code: 'no-space' },
      machineId: 'tiny:two',
      result: { machineId: 'tiny:two' },
    })
  })

  it('whose tool did not answer in time is unknown, not failed', async () => {
    const { tasks, request, read } = world()
    const task = tasks.start(
      request('start', async () => {
        throw failure('timeout', { key: 'error.timeout', params: { tool: 'x', seconds: 30 } })
      }),
    )
    expect(await tasks.settled(task)).toMatchObject({ state: 'unknown', error: { code: 'timeout' } })
    expect(read).toHaveBeenCalledWith(id)
  })

  it('that throws by our own mistake fails as a bug', async () => {
    const { tasks, request } = world()
    const task = tasks.start(
      request('start', async () => {
        throw new TypeError('mine')
      }),
    )
    expect(await tasks.settled(task)).toMatchObject({ state: 'failed', error: { code: 'bug' } })
  })

  it('is done even when the machine cannot be read afterwards', async () => {
    const read = vi.fn(() => Promise.reject(failure('unreachable', { key: 'error.line' })))
    const { tasks, request } = world({}, read)
    expect(await tasks.settled(tasks.start(request('start', nothing)))).toMatchObject({ state: 'succeeded' })
  })
})

describe('cancelling', () => {
  it('ends the task, whatever the work throws then', async () => {
    const { tasks, request } = world()
    const task = tasks.start(
      request(
        'start',
        ({ signal }) =>
          new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      ),
    )
    await Promise.resolve()
    tasks.cancel(task)
    expect(await tasks.settled(task)).toMatchObject({ state: 'cancelled', error: { code: 'cancelled' } })
  })

  it('is refused during a step that cannot be given up', async () => {
    const { tasks, request } = world()
    let finish: () => void = () => {}
    const task = tasks.start(
      request('start', async ({ progress }) => {
        progress({ text: null, fraction: 0.5, cancellable: false })
        await new Promise<void>((resolve) => {
          finish = resolve
        })
        return {}
      }),
    )
    await vi.waitFor(() => expect(tasks.list()[0]?.cancellable).toBe(false))
    expect(() => tasks.cancel(task)).toThrow(
      expect.objectContaining({ error: expect.objectContaining({ code: 'wrong-state' }) }),
    )
    finish()
    expect(await tasks.settled(task)).toMatchObject({ state: 'succeeded' })
    expect(() => tasks.cancel(task)).not.toThrow()
  })

  it('too late changes nothing: what was done is done', async () => {
    const { tasks, request } = world()
    const task = tasks.start(
      request('start', async ({ signal }) => {
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        return {}
      }),
    )
    await Promise.resolve()
    tasks.cancel(task)
    expect(await tasks.settled(task)).toMatchObject({ state: 'succeeded', error: null })
  })

  it('of what is not known says so', () => {
    expect(() => world().tasks.cancel('nope')).toThrow(
      expect.objectContaining({ error: expect.objectContaining({ code: 'not-found' }) }),
    )
  })
})

describe('breaking into a wait', () => {
  it('ends the wait for a shutdown before the power is cut, never both at once', async () => {
    const { tasks, request, told } = world({ state: 'running' })
    let waiting = 0
    const shutDown = tasks.start(
      request('shutDown', async (op) => {
        waiting += 1
        try {
          return await untilCancelled(op)
        } finally {
          waiting -= 1
        }
      }),
    )
    await vi.waitFor(() => expect(waiting).toBe(1))
    const powerOff = tasks.start(
      request('powerOff', async () => {
        expect(waiting).toBe(0)
        return {}
      }),
    )
    expect(await tasks.settled(powerOff)).toMatchObject({ state: 'succeeded' })
    expect(await tasks.settled(shutDown)).toMatchObject({ state: 'cancelled' })
    expect(told.map(({ verb, state }) => `${verb} ${state}`)).toEqual([
      'shutDown running',
      'powerOff queued',
      'shutDown cancelled',
      'powerOff running',
      'powerOff succeeded',
    ])
  })

  it('asks again when a shutdown is asked for a second time', async () => {
    const { tasks, request } = world({ state: 'running' })
    const first = tasks.start(request('shutDown', untilCancelled))
    const second = tasks.start(request('shutDown', nothing))
    expect((await tasks.settled(first)).state).toBe('cancelled')
    expect((await tasks.settled(second)).state).toBe('succeeded')
  })
})

describe('what a task says', () => {
  it('is told at most ten times a second, and never after its end', async () => {
    vi.useFakeTimers()
    try {
      const { tasks, request, told } = world()
      const task = tasks.start(
        request('start', async ({ progress }) => {
          for (let step = 0; step < 1_000; step += 1) {
            progress({ text: null, fraction: step / 1_000 })
            await new Promise((resolve) => setTimeout(resolve, 1))
          }
          return {}
        }),
      )
      await vi.advanceTimersByTimeAsync(1_500)
      expect((await tasks.settled(task)).progress).toBeNull()
      expect(told.length).toBeLessThan(15)
      expect(told.at(-1)?.state).toBe('succeeded')
      await vi.advanceTimersByTimeAsync(1_000)
      expect(told.at(-1)?.state).toBe('succeeded')
    } finally {
      vi.useRealTimers()
    }
  })

  it('tells at once what it made, while the rest goes on', async () => {
    const { tasks, request, told } = world()
    let goOn = (): void => {}
    const rest = new Promise<void>((resolve) => {
      goOn = resolve
    })
    const task = tasks.start({
      ...request('start', async () => ({})),
      verb: 'create',
      permit: null,
      machineId: null,
      async run(_op, made) {
        made({ machineId: 'mock:new' })
        expect(told.at(-1)).toMatchObject({ state: 'running', machineId: 'mock:new' })
        await rest
        return { machineId: 'mock:new' }
      },
    })
    goOn()
    expect((await tasks.settled(task)).error).toBeNull()
  })

  it('is kept with the commands it ran, the last two hundred', async () => {
    const { tasks, request } = world()
    const task = tasks.start(
      request('start', async ({ record }) => {
        for (let count = 0; count < 300; count += 1) {
          record({
            kind: 'process',
            line: `run ${count}`,
            startedAt: '',
            durationMs: 1,
            exitCode: 0,
            outcome: 'ok',
            output: null,
          })
        }
        return {}
      }),
    )
    await tasks.settled(task)
    expect(tasks.commands(task)).toHaveLength(200)
    expect(tasks.commands(task)?.at(-1)?.line).toBe('run 299')
    expect(tasks.commands('nope')).toBeNull()
  })
})

describe('what is over', () => {
  it('is kept for an hour, and fifty at most, and then said to be forgotten', async () => {
    const { tasks, request, pass } = world()
    const cleared = vi.fn()
    tasks.onCleared(cleared)
    const ids: string[] = []
    for (let count = 0; count < 55; count += 1) {
      const task = tasks.start(request('start', nothing))
      ids.push(task)
      await tasks.settled(task)
    }
    expect(tasks.list()).toHaveLength(50)
    expect(cleared.mock.calls.flat(2)).toEqual(ids.slice(0, 5))
    pass(3_600_001)
    await tasks.settled(tasks.start(request('start', nothing)))
    expect(tasks.list()).toHaveLength(1)
  })

  it('is forgotten after an hour though the clock was set back by 40 days, and no timer overflows', async () => {
    const warned = vi.fn()
    process.on('warning', warned)
    const { tasks, request, pass, setClockBack } = world()
    await tasks.settled(tasks.start(request('start', nothing)))
    setClockBack(40 * 86_400_000)
    pass(3_600_001)
    await tasks.settled(tasks.start(request('start', nothing)))
    expect(tasks.list()).toHaveLength(1)
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', warned)
    expect(warned).not.toHaveBeenCalled()
  })

  it('is forgotten when asked, and what runs is not', async () => {
    const { tasks, request } = world({ state: 'unknown' })
    await tasks.settled(tasks.start(request('start', nothing)))
    const running = tasks.start(request('pause', untilCancelled))
    tasks.clear()
    expect(tasks.list().map((task) => task.id)).toEqual([running])
    tasks.cancel(running)
    await tasks.settled(running)
  })
})

describe('when Berth ends', () => {
  it('gives up waiting for a machine to answer, and waits for work that changes something', async () => {
    const { tasks, request } = world({ state: 'running' })
    const wait = tasks.start(
      request('shutDown', (op) => {
        op.progress({
          text: null,
          fraction: null,
          wait: { since: '', limitMs: 60_000, by: 'acpi', unanswered: false, killsAtLimit: false },
        })
        return untilCancelled(op)
      }),
    )
    let finish: () => void = () => {}
    const work = tasks.start({
      ...request('start', async () => {
        await new Promise<void>((resolve) => {
          finish = resolve
        })
        return {}
      }),
      permit: null,
      machineId: null,
    })
    await Promise.resolve()
    const stopped = tasks.stop()
    expect((await tasks.settled(wait)).state).toBe('cancelled')
    finish()
    await stopped
    expect((await tasks.settled(work)).state).toBe('succeeded')
  })
})
