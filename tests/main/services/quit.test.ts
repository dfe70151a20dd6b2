import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { defaultSettings, type Settings } from '../../../app/domain/settings.ts'
import type { Provider } from '../../../main/providers/provider.ts'
import { createInventory } from '../../../main/services/inventory.ts'
import { createQuitService } from '../../../main/services/quit.ts'
import { createTasks } from '../../../main/services/tasks.ts'
import { silent, smallProvider } from './small-provider.ts'

let cacheDir = ''
beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'berth-quit-'))
})
afterAll(() => rm(cacheDir, { recursive: true }))

const now = () => new Date()
const noTerminals = async () => []

async function berth(onQuit: Settings['onQuit'] = 'ask', given: Partial<Provider> = {}, isLooked = true) {
  const suspended: string[] = []
  const vms = smallProvider('vms', {
    ...given,
    suspend: {
      suspend: async (id) => {
        suspended.push(id)
        vms.setState(id, 'suspended')
      },
      discard: async () => {},
    },
  })
  const containers = smallProvider('boxes', { kind: 'container' })
  const running = vms.put('one', { state: 'running' })
  vms.put('off')
  containers.put('web', { kind: 'container', state: 'running' })
  const inventory = createInventory([vms.provider, containers.provider], {}, { cacheDir, log: silent, now })
  if (isLooked) await inventory.start()
  const tasks = createTasks({ inventory, log: silent, now })
  const quitting = createQuitService({
    inventory,
    tasks,
    consoles: { running: noTerminals },
    settings: () => ({ ...defaultSettings, onQuit }),
  })
  return { vms, boxes: containers, inventory, tasks, quitting, suspended, running }
}

describe('leaving', () => {
  it('names the virtual machines that stay, counts the containers that run, and leaves them to their daemon', async () => {
    const { quitting, running } = await berth()
    const plan = await quitting.plan()
    expect(plan).toEqual({
      staying: [{ id: running.id, name: 'one' }],
      containers: 1,
      ending: [],
      suspendable: [running.id],
      tasks: [],
      terminals: [],
    })
    expect(quitting.mustAsk(plan)).toBe(true)
  })

  it('counts virtual machines and containers that are on their way up or down with those that run', async () => {
    const { quitting, vms, boxes, inventory } = await berth()
    const starting = vms.put('two', { state: 'starting' })
    const stopping = vms.put('three', { state: 'stopping' })
    const box = boxes.put('db', { kind: 'container', state: 'stopping' })
    for (const { id } of [starting, stopping, box]) await inventory.read(id)
    const plan = await quitting.plan()
    expect(plan.staying.map(({ name }) => name)).toEqual(['one', 'two', 'three'])
    expect(plan.containers).toBe(2)
  })

  it('suspends a machine that cannot outlive Berth once it has started', async () => {
    const { quitting, tasks, vms, inventory, suspended } = await berth('ask', { endsWithBerth: true })
    const late = vms.put('late', { state: 'starting' })
    await inventory.read(late.id)
    let isUp = (): void => {}
    const up = new Promise<void>((resolve) => {
      isUp = resolve
    })
    tasks.start({
      verb: 'start',
      permit: null,
      machineId: late.id,
      machineName: 'late',
      subject: null,
      run: async () => {
        await up
        vms.setState(late.id, 'running')
        return {}
      },
    })
    const left = quitting.run('keep')
    isUp()
    expect(await left).toBe(true)
    expect(suspended).toContain(late.id)
  })

  it('stays while a machine that cannot outlive Berth can be neither suspended nor shut down', async () => {
    const { quitting, vms, inventory } = await berth('ask', { endsWithBerth: true })
    const stuck = vms.put('stuck', { state: 'working' })
    await inventory.read(stuck.id)
    await expect(quitting.run('keep')).rejects.toMatchObject({ error: { message: { key: 'quit.unfinished' } } })
  })

  it('does not ask when nothing runs, nor when the person has settled on letting it run', async () => {
    const { quitting, vms, inventory, running } = await berth('keep')
    expect(quitting.mustAsk(await quitting.plan())).toBe(false)
    const other = await berth('ask')
    other.vms.setState(running.id, 'stopped')
    await other.inventory.read(running.id)
    expect(other.quitting.mustAsk(await other.quitting.plan())).toBe(false)
    await Promise.all([inventory.stop(), other.inventory.stop(), vms.provider.dispose()])
  })

  it('waits for the first list when somebody leaves right after the start', async () => {
    let answer = (): void => {}
    const answered = new Promise<void>((resolve) => {
      answer = resolve
    })
    const { quitting, running, vms } = await berth('ask', {}, false)
    const { list } = vms.provider
    Object.assign(vms.provider, { list: (...given: Parameters<typeof list>) => answered.then(() => list(...given)) })
    const plan = quitting.plan()
    answer()
    expect((await plan).staying).toEqual([{ id: running.id, name: 'one' }])
  })

  it('does not wait for ever for a tool that does not answer', async () => {
    vi.useFakeTimers()
    try {
      const { quitting, vms } = await berth('ask', {}, false)
      Object.assign(vms.provider, { list: () => new Promise(() => {}) })
      const plan = quitting.plan()
      await vi.advanceTimersByTimeAsync(3_000)
      expect(await plan).toMatchObject({ ending: [], tasks: [] })
    } finally {
      vi.useRealTimers()
    }
  })

  it('asks all the same when work is under way', async () => {
    const { quitting, tasks, running } = await berth('keep')
    const task = tasks.start({
      verb: 'takeSnapshot',
      permit: null,
      machineId: running.id,
      machineName: 'one',
      subject: null,
      run: ({ signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    })
    await Promise.resolve()
    const plan = await quitting.plan()
    expect(plan.tasks).toEqual([task])
    expect(quitting.mustAsk(plan)).toBe(true)
    tasks.cancel(task)
    await tasks.settled(task)
  })

  it('names what cannot outlive Berth apart, and asks even one who has settled on letting machines run', async () => {
    const { quitting, running } = await berth('keep', { endsWithBerth: true })
    const plan = await quitting.plan()
    expect(plan).toMatchObject({ staying: [], ending: [{ id: running.id, name: 'one' }], suspendable: [running.id] })
    expect(quitting.mustAsk(plan)).toBe(true)
  })

  it('suspends what cannot outlive Berth, and only then lets it end', async () => {
    const { quitting, suspended, running, inventory } = await berth('ask', { endsWithBerth: true })
    expect(await quitting.run('keep')).toBe(true)
    expect(suspended).toEqual([running.id])
    expect(inventory.machine(running.id)?.state).toBe('suspended')
  })

  it('suspends what could run on too, when that is what was chosen', async () => {
    const { quitting, suspended, running } = await berth()
    expect(await quitting.run('suspend')).toBe(true)
    expect(suspended).toEqual([running.id])
  })

  it('stays when what cannot outlive it could not be suspended', async () => {
    const { quitting, vms } = await berth('ask', { endsWithBerth: true })
    const { suspend } = vms.provider
    if (suspend === undefined) throw new Error('no suspend')
    Object.assign(suspend, { suspend: () => Promise.reject(new Error('no space')) })
    await expect(quitting.run('suspend')).rejects.toMatchObject({ error: { message: { key: 'quit.unfinished' } } })
  })

  it('saves what it can when nobody can be asked, and does not wait for ever', async () => {
    const { quitting, suspended, running } = await berth('ask', { endsWithBerth: true })
    await quitting.suspendBeforeExit(10_000)
    expect(suspended).toEqual([running.id])
    const slow = await berth('ask', { endsWithBerth: true })
    const { suspend } = slow.vms.provider
    if (suspend === undefined) throw new Error('no suspend')
    Object.assign(suspend, { suspend: () => new Promise(() => {}) })
    await slow.quitting.suspendBeforeExit(20)
  })

  it('stays when a machine did not go off as it was to', async () => {
    const { quitting, vms } = await berth()
    vms.provider.power.shutDown = vi.fn(() => Promise.reject(new Error('no')))
    await expect(quitting.run('shut-down')).rejects.toMatchObject({ error: { message: { key: 'quit.unfinished' } } })
  })

  it('stays when it was called off, and goes when all may run on', async () => {
    const { quitting, suspended } = await berth()
    expect(await quitting.run('cancel')).toBe(false)
    expect(await quitting.run('keep')).toBe(true)
    expect(suspended).toEqual([])
  })
})
