import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { failure } from '../../../app/domain/errors.ts'
import type { Forward, VmSpec } from '../../../app/domain/spec.ts'
import { checkForwards } from '../common/checks.ts'
import { devicesOf, type System } from './definitions.ts'
import type { NetworkSettings } from './emulator/network/machine-network.ts'

type Network = VmSpec['network']

/** Whether such a machine has a card that a network could be behind. */
export function hasNetworkCard(system: System): boolean {
  return devicesOf[system].includes('network-card')
}

/** Fails when such a machine cannot have this network. Whether its ports are free is known when it starts. */
export function checkNetwork(system: System, network: Network): void {
  if (network.mode === 'none') return
  if (!hasNetworkCard(system)) throw failure('invalid-input', { key: 'builtin.error.network' }, { field: 'network' })
  checkForwards(network)
  const udp = network.forwards.findIndex(({ protocol }) => protocol === 'udp')
  if (udp < 0) return
  const field = `network.forwards.${udp}.protocol`
  throw failure('invalid-input', { key: 'builtin.error.forwardUdp' }, { field })
}

/** The same network, with a free port of this computer wherever Berth is to choose one. It stays the machine's from then on. */
export async function withChosenPorts(network: Network): Promise<Network> {
  if (network.mode === 'none') return network
  const forwards = []
  for (const forward of network.forwards) {
    forwards.push(forward.hostPort === 0 ? { ...forward, hostPort: await freePort(forward.hostAddress) } : forward)
  }
  return { ...network, forwards }
}

async function freePort(host: string): Promise<number> {
  const server = createServer().listen({ port: 0, host: host === '' ? '0.0.0.0' : host })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** What a machine's thread is told of its network; null without one. */
export function networkSettings(network: Network): NetworkSettings | null {
  if (network.mode === 'none') return null
  const { forwards, hostPorts = [], localNetwork = false } = network
  return {
    forwards: forwards.map(({ hostAddress, hostPort, guestPort }) => ({ hostAddress, hostPort, guestPort })),
    hostPorts,
    localNetwork,
  }
}

/** The address of a machine's card: its own, the same with every start, and of the kind that no maker of cards uses. */
export function macOf(uuid: string): Uint8Array {
  return Uint8Array.of(2, ...createHash('sha256').update(uuid).digest().subarray(0, 5))
}

/** Where a forwarded port is reached on this computer. */
export function forwardAddress({ hostAddress, hostPort }: Pick<Forward, 'hostAddress' | 'hostPort'>): string {
  return `${hostAddress === '' || hostAddress === '0.0.0.0' ? '127.0.0.1' : hostAddress}:${hostPort}`
}
