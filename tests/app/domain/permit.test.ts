import { describe, expect, it } from 'vitest'
import { busyStates, type Machine, type MachineState, steadyStates } from '../../../app/domain/machine.ts'
import { type PermitContext, permit, taskOf } from '../../../app/domain/permit.ts'
import { capabilities, type Endpoint, endpointStates, type ProviderInfo } from '../../../app/domain/provider.ts'
import { type Task, type TaskVerb, taskVerbs } from '../../../app/domain/task.ts'
import { type Verb, verbs } from '../../../app/domain/verbs.ts'
import { en } from '../../../app/messages/en.ts'

const states: readonly MachineState[] = [...steadyStates, ...busyStates]

/** One letter per state, in the order of the columns: y allowed, – refused. */
const columns =
  'stopped running paused suspended crashed inaccessible unknown starting stopping suspending restoring working'
const table: Readonly<Record<Verb, string>> = {
  start: 'y––yy–y–––––',
  shutDown: '–yy–––y–––––',
  powerOff: '–yy–y–yyy––y',
  reset: '–yy–y–y–––––',
  restart: '–yy–––y–––––',
  pause: '–y––––y–––––',
  resume: '––y–––y–––––',
  suspend: '–yy–––––––––',
  discardSuspended: '–––y––––––––',
  console: 'yyyyy–yyy––y',
  terminal: 'yyyyy–yyy––y',
  copyFiles: 'yy––y–––––––',
  runCommand: '–y––––––––––',
  snapshot: 'yyy–y–––––––',
  restore: 'yyyyy–––––––',
  undoRestore: 'yyyyy–––––––',
  clone: 'yyy–y–––––––',
  export: 'y–––y–––––––',
  locate: 'y––yyy––––––',
  rename: 'yyyyyy––––––',
  configure: 'yyyyy–––––––',
  remove: 'y––yyyy–––––',
}

const provider: ProviderInfo = { id: 'qemu', label: 'QEMU', kind: 'vm', capabilities, unsupported: {} }
const endpoint: Endpoint = {
  id: 'qemu:local',
  providerId: 'qemu',
  hostId: 'local',
  label: 'QEMU',
  state: 'ready',
  version: '9',
  place: null,
  error: null,
  remedies: [],
  notices: [],
  since: '2026-01-01T00:00:00Z',
}
const machine = (state: MachineState, withheld: Machine['withheld'] = {}): Machine => ({
  id: 'qemu:1',
  endpointId: 'qemu:local',
  kind: 'vm',
  name: 'alpine',
  state,
  nativeState: state,
  os: null,
  arch: null,
  cpus: null,
  memoryBytes: null,
  since: null,
  addresses: [],
  withheld,
  remark: null,
  needsHelp: false,
  lostFile: null,
})
const task = (verb: TaskVerb, state: Task['state'] = 'running'): Task => ({
  id: `task-${verb}-${state}`,
  verb,
  machineId: 'qemu:1',
  machineName: 'alpine',
  subject: null,
  state,
  progress: null,
  cancellable: true,
  createdAt: '2026-01-01T00:00:00Z',
  startedAt: null,
  endedAt: null,
  error: null,
  result: {},
})
const ask = (verb: Verb, change: Partial<PermitContext> = {}) =>
  permit(verb, { machine: machine('running'), provider, endpoint, task: null, ...change })

describe('permit', () => {
  it('knows every state and every verb', () => {
    expect(columns.split(' ').sort()).toEqual([...states].sort())
    expect(Object.keys(table).sort()).toEqual([...verbs].sort())
  })

  it.for(verbs)('allows %s in exactly these states', (verb) => {
    const row = columns.split(' ').map((state) => {
      const lostFile = { kind: 'disk', path: '/disk' } as const
      const answer = ask(verb, { machine: { ...machine(state as MachineState), lostFile } })
      if (answer.kind === 'refused') {
        const isOn = state === 'running' || state === 'paused'
        const key = verb === 'remove' && isOn ? 'why.removeOn' : `why.state.${state}`
        expect(answer.reason).toEqual({ key, params: { name: 'alpine' } })
      }
      return answer.kind === 'allowed' ? 'y' : '–'
    })
    expect(row.join('')).toBe(table[verb])
  })

  it('finds a file only for a machine that misses one', () => {
    expect(ask('locate', { machine: machine('stopped') })).toEqual({
      kind: 'refused',
      reason: { key: 'why.nothingLost', params: { name: 'alpine' } },
    })
  })

  it('deletes a container that runs, which is stopped on its way out, but no other machine that is on', () => {
    const container: Machine = { ...machine('running'), kind: 'container' }
    expect(ask('remove', { machine: container })).toEqual({ kind: 'allowed' })
    expect(ask('remove', { machine: { ...container, kind: 'environment' } })).toMatchObject({ kind: 'refused' })
  })

  it('says of a container that is ended what its buttons say: stop and kill', () => {
    const container: Machine = { ...machine('running'), kind: 'container' }
    const reasonOf = (change: Partial<PermitContext>) => ask('clone', { machine: container, ...change })
    expect(reasonOf({ task: task('shutDown') })).toMatchObject({ reason: { key: 'why.task.stopContainer' } })
    expect(reasonOf({ task: task('powerOff') })).toMatchObject({ reason: { key: 'why.task.killContainer' } })
    const stopping = { ...container, state: 'stopping' } as const
    expect(ask('clone', { machine: stopping })).toMatchObject({ reason: { key: 'why.state.stoppingContainer' } })
  })

  it('leaves out what the provider never does, with its own sentence where it has one', () => {
    const without: ProviderInfo = { ...provider, capabilities: [], unsupported: { suspend: { key: 'why.container' } } }
    for (const verb of verbs) {
      const answer = ask(verb, { provider: without })
      const always = verb === 'start' || verb === 'shutDown' || verb === 'powerOff'
      if (always) expect(answer.kind).not.toBe('absent')
      else expect(answer).toMatchObject({ kind: 'absent' })
    }
    expect(ask('suspend', { provider: without })).toMatchObject({ reason: { key: 'why.container' } })
    expect(ask('clone', { provider: without })).toMatchObject({ reason: { key: 'why.unsupported' } })
  })

  it('gives the machine’s own reason before any that will pass', () => {
    const held = machine('starting', { snapshot: { key: 'mock.withheld.rawDisk' } })
    const answer = ask('snapshot', {
      machine: held,
      endpoint: { ...endpoint, state: 'unreachable' },
      task: task('start'),
    })
    expect(answer).toEqual({ kind: 'refused', reason: { key: 'mock.withheld.rawDisk' } })
  })

  it('permits only looking where the provider does not answer', () => {
    for (const state of endpointStates.filter((one) => one !== 'ready')) {
      for (const verb of verbs) {
        const { kind } = ask(verb, { endpoint: { ...endpoint, state }, machine: machine('running') })
        expect(kind === 'allowed').toBe(verb === 'console' || verb === 'terminal')
      }
    }
  })

  it('has a sentence for every task that keeps a machine busy', () => {
    for (const verb of taskVerbs) {
      expect(ask('snapshot', { task: task(verb) })).toEqual({ kind: 'refused', reason: { key: `why.task.${verb}` } })
      expect(en).toHaveProperty([`why.task.${verb}`])
    }
  })

  it('lets a person end a shutdown that is not answered, ask again, and stop a start that hangs', () => {
    const stopping = { machine: machine('stopping'), task: task('shutDown') }
    expect(ask('powerOff', stopping).kind).toBe('allowed')
    expect(ask('shutDown', stopping).kind).toBe('allowed')
    expect(ask('start', stopping).kind).toBe('refused')
    expect(ask('powerOff', { machine: machine('starting'), task: task('start') }).kind).toBe('allowed')
    expect(ask('powerOff', { machine: machine('suspending'), task: task('suspend') }).kind).toBe('allowed')
    expect(ask('powerOff', { machine: machine('restoring'), task: task('restore') }).kind).toBe('refused')
  })
})

describe('taskOf', () => {
  it('finds the running task, else the one waiting longest, of this machine alone', () => {
    const others = { ...task('clone'), machineId: 'qemu:2' as const }
    const [first, second] = [task('start', 'queued'), task('pause', 'queued')]
    expect(taskOf([others], 'qemu:1')).toBeNull()
    expect(taskOf([others, task('start', 'succeeded'), first, second], 'qemu:1')).toBe(first)
    const running = task('restore')
    expect(taskOf([first, running, second], 'qemu:1')).toBe(running)
  })
})
