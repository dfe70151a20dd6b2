import type { MachineId } from '../../app/domain/ids.ts'
import type { Machine } from '../../app/domain/machine.ts'
import type { Endpoint, ProviderInfo } from '../../app/domain/provider.ts'
import type { Task } from '../../app/domain/task.ts'
import { type InventoryState, initialInventory } from '../../renderer/store/inventory.ts'

export function machine(name: string, more: Partial<Machine> = {}): Machine {
  return {
    id: `qemu:${name}`,
    endpointId: 'qemu:local',
    kind: 'vm',
    name,
    state: 'stopped',
    nativeState: 'shut-off',
    os: null,
    arch: 'x86_64',
    cpus: 2,
    memoryBytes: null,
    since: null,
    addresses: [],
    withheld: {},
    remark: null,
    needsHelp: false,
    lostFile: null,
    ...more,
  }
}

export function endpoint(id: Endpoint['id'], more: Partial<Endpoint> = {}): Endpoint {
  return {
    id,
    providerId: id.split(':')[0] ?? '',
    hostId: 'local',
    label: id,
    state: 'ready',
    version: null,
    place: null,
    error: null,
    remedies: [],
    notices: [],
    since: '2026-11-23T09:00:00.000Z',
    ...more,
  }
}

export const qemu: ProviderInfo = {
  id: 'qemu',
  label: 'QEMU',
  kind: 'vm',
  capabilities: ['suspend', 'snapshots', 'consoles', 'pause'],
  unsupported: {},
}

export function inventory(machines: readonly Machine[], more: Partial<InventoryState> = {}): InventoryState {
  return {
    ...initialInventory,
    revision: 1,
    hosts: [{ id: 'local', label: null, address: null }],
    providers: [qemu],
    endpoints: [endpoint('qemu:local', { label: 'QEMU' })],
    machines: new Map(machines.map((one) => [one.id, one])),
    ...more,
  }
}

export function task(id: string, more: Partial<Task> = {}): Task {
  return {
    id,
    verb: 'start',
    machineId: 'qemu:web' as MachineId,
    machineName: 'web',
    subject: null,
    state: 'running',
    progress: null,
    cancellable: true,
    createdAt: '2026-11-23T09:00:00.000Z',
    startedAt: '2026-11-23T09:00:00.000Z',
    endedAt: null,
    error: null,
    result: {},
    ...more,
  }
}
