import type { MachineId } from '../../../app/domain/ids.ts'
import type { Machine, MachineState } from '../../../app/domain/machine.ts'
import type { Endpoint } from '../../../app/domain/provider.ts'
import type { Log } from '../../../main/log.ts'
import type { Provider, ProviderChange } from '../../../main/providers/provider.ts'

export const silent: Log = { debug() {}, info() {}, warn() {}, error() {} }

export function machineOf(provider: string, key: string, rest: Partial<Machine> = {}): Machine {
  return {
    id: `${provider}:${key}`,
    endpointId: `${provider}:local`,
    kind: 'vm',
    name: key,
    state: 'stopped',
    nativeState: 'off',
    os: null,
    arch: null,
    cpus: null,
    memoryBytes: null,
    since: null,
    addresses: [],
    withheld: {},
    remark: null,
    needsHelp: false,
    lostFile: null,
    ...rest,
  }
}

export function endpointOf(provider: string, rest: Partial<Endpoint> = {}): Endpoint {
  return {
    id: `${provider}:local`,
    providerId: provider,
    hostId: 'local',
    label: provider,
    state: 'ready',
    version: '1.0',
    place: null,
    error: null,
    remedies: [],
    notices: [],
    since: '2026-01-01T00:00:00.000Z',
    ...rest,
  }
}

/** A provider whose machines are what a test says, and which answers at once unless a test says otherwise. */
export interface SmallProvider {
  readonly provider: Provider
  readonly machines: Map<MachineId, Machine>
  readonly put: (key: string, rest?: Partial<Machine>) => Machine
  readonly setState: (id: MachineId, state: MachineState) => void
  /** As the provider itself notices a change. */
  readonly notice: (change: ProviderChange) => void
}

export function smallProvider(id: string, given: Partial<Provider> = {}): SmallProvider {
  const machines = new Map<MachineId, Machine>()
  let listener: (change: ProviderChange) => void = () => {}
  const change = (machineId: MachineId, state: MachineState): void => {
    const machine = machines.get(machineId)
    if (machine !== undefined) machines.set(machineId, { ...machine, state, nativeState: state })
  }
  const provider: Provider = {
    id,
    label: id.toUpperCase(),
    kind: 'vm',
    unsupported: {},
    power: {
      start: async (machineId) => change(machineId, 'running'),
      shutDown: async (machineId) => change(machineId, 'stopped'),
      powerOff: async (machineId) => change(machineId, 'stopped'),
    },
    probe: async () => ({ hosts: [{ id: 'local', label: null, address: null }], endpoints: [endpointOf(id)] }),
    list: async () => [...machines.values()],
    read: async (machineId) => machines.get(machineId) ?? null,
    details: async (machineId) => ({ id: machineId, facts: [], notices: [], commandLine: null, inspect: null }),
    watch: (changed) => {
      listener = changed
      return () => {
        listener = () => {}
      }
    },
    recover: async () => {},
    dispose: async () => {},
    ...given,
  }
  return {
    provider,
    machines,
    put(key, rest) {
      const machine = machineOf(id, key, rest)
      machines.set(machine.id, machine)
      return machine
    },
    setState: change,
    notice: (what) => listener(what),
  }
}
