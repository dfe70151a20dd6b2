import { describe, expect, test } from 'vitest'
import type { Machine, MachineState } from '../../../../app/domain/machine.ts'
import type { PermitContext } from '../../../../app/domain/permit.ts'
import { capabilities, type Endpoint, type ProviderInfo } from '../../../../app/domain/provider.ts'
import type { Task, TaskVerb } from '../../../../app/domain/task.ts'
import { headerItems } from '../../../../renderer/views/machine/header-items.ts'

function context(state: MachineState, task: Partial<Task> | null = null, lacks: readonly string[] = []): PermitContext {
  const machine: Machine = {
    id: 'qemu:1',
    endpointId: 'qemu:local',
    kind: 'vm',
    name: 'm',
    state,
    nativeState: state,
    os: null,
    arch: null,
    cpus: null,
    memoryBytes: null,
    since: null,
    addresses: [],
    withheld: {},
    remark: null,
    needsHelp: false,
    lostFile: state === 'inaccessible' ? { kind: 'settings', path: '/m.vbox' } : null,
  }
  const provider: ProviderInfo = {
    id: 'qemu',
    label: 'QEMU',
    kind: 'vm',
    capabilities: capabilities.filter((capability) => !lacks.includes(capability)),
    unsupported: {},
  }
  const endpoint: Endpoint = {
    id: 'qemu:local',
    providerId: 'qemu',
    hostId: 'local',
    label: 'QEMU',
    state: 'ready',
    version: null,
    place: null,
    error: null,
    remedies: [],
    notices: [],
    since: '2026-11-23T00:00:00.000Z',
  }
  return { machine, provider, endpoint, task: task === null ? null : ({ ...blankTask, ...task } as Task) }
}

const blankTask: Task = {
  id: 't',
  verb: 'start',
  machineId: 'qemu:1',
  machineName: 'm',
  subject: null,
  state: 'running',
  progress: null,
  cancellable: true,
  createdAt: '2026-11-23T00:00:00.000Z',
  startedAt: null,
  endedAt: null,
  error: null,
  result: {},
}

/** Each button in a word: its verb or kind, `*` when it is the filled one, `?` when it is refused. */
const shown = (given: PermitContext, isPrimaryFree = true): string =>
  headerItems(given, isPrimaryFree)
    .map((item) => {
      if (item.kind === 'verb') {
        return `${item.verb}${item.isPrimary ? '*' : ''}${item.permission.kind === 'refused' ? '?' : ''}`
      }
      return item.kind === 'check' && item.isPrimary ? 'check*' : item.kind
    })
    .join(' ')

describe('the header of a machine', () => {
  test.each<[MachineState, string]>([
    ['running', 'shutDown snapshot terminal'],
    ['stopped', 'start* snapshot'],
    ['paused', 'resume* shutDown snapshot'],
    ['suspended', 'start*'],
    ['crashed', 'start* snapshot'],
    ['inaccessible', 'check* locate'],
    ['unknown', 'check* start shutDown terminal'],
  ])('of one that is %s has %s', (state, items) => {
    expect(shown(context(state))).toBe(items)
  })

  test.each<[TaskVerb, string]>([
    ['start', 'busy cancel'],
    ['restore', 'busy cancel'],
    ['shutDown', 'ladder terminal'],
    ['takeSnapshot', 'cancel shutDown? snapshot? terminal'],
  ])('while %s is under way has %s', (verb, items) => {
    expect(shown(context('running', { verb }))).toBe(items)
  })

  test('offers no way to cancel a task, or a step of one, that cannot be given up', () => {
    expect(shown(context('running', { verb: 'restore', cancellable: false }))).toBe('busy')
    const progress = { text: null, fraction: null, cancellable: false }
    expect(shown(context('running', { verb: 'restore', progress }))).toBe('busy')
  })

  test('leaves out what its provider never does', () => {
    expect(shown(context('running', null, ['snapshots', 'consoles']))).toBe('shutDown')
  })

  test('has no filled button while an error card has it', () => {
    expect(shown(context('stopped'), false)).toBe('start snapshot')
  })
})
