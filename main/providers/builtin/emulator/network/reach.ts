import { networkInterfaces } from 'node:os'
import { isInNetwork, network } from './addresses.ts'
import { type Address, addressOf, addressText } from './packets.ts'

/** What of this computer and its surroundings a person lets a machine reach, beside the Internet. */
export interface Permission {
  /** Ports of this computer. */
  readonly hostPorts: readonly number[]
  /** The networks that this computer is in, and all other private addresses. */
  readonly localNetwork: boolean
}

/** Where a connection of the guest's goes: the addresses are tried in turn, and are never names. */
export type Way = readonly [string, ...string[]]

export interface Reach {
  /** null when the guest may not go there. */
  wayTo(address: Address, port: number): Way | null
}

/** An IPv4 network: all addresses that agree with `base` in their first `bits`. */
interface Block {
  readonly base: Address
  readonly bits: number
}

function block(text: string): Block {
  const [base = '', bits = '32'] = text.split('/')
  return { base: addressOf(base), bits: Number(bits) }
}

function contains({ base, bits }: Block, address: Address): boolean {
  // A shift by 32 would be one by 0.
  return bits === 0 || (address ^ base) >>> (32 - bits) === 0
}

/**
 * Never reached: this computer by any of its own names (0.0.0.0 is one, on some systems), what a cloud tells a computer about
 * itself (169.254.169.254), and what is no single computer.
 */
const never = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'].map(block)

/** Reached only with the local network: private, shared by a provider's customers or for the protocol's own use. */
const local = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.0.0.0/24', '192.168.0.0/16', '198.18.0.0/15'].map(
  block,
)

/** This computer's addresses, and the networks they are in. */
export interface OwnAddresses {
  readonly addresses: readonly Address[]
  readonly networks: readonly Block[]
}

/** The system is asked again after so long: cables are plugged in and out. */
const ownForMs = 5_000

export function systemAddresses(): OwnAddresses {
  const found = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ family }) => family === 'IPv4')
  return {
    addresses: found.map(({ address }) => addressOf(address)),
    networks: found.flatMap(({ cidr }) => (cidr === null ? [] : [block(cidr)])),
  }
}

function remembered(read: () => OwnAddresses): () => OwnAddresses {
  let known: { readonly atMs: number; readonly own: OwnAddresses } | null = null
  return () => {
    const atMs = performance.now()
    if (known === null || atMs - known.atMs > ownForMs) known = { atMs, own: read() }
    return known.own
  }
}

export function createReach(permission: () => Permission, read: () => OwnAddresses = systemAddresses): Reach {
  const own = remembered(read)
  return {
    wayTo(address, port) {
      const { hostPorts, localNetwork } = permission()
      const isNamed = hostPorts.includes(port)
      // A service may listen on either of this computer's own addresses.
      if (address === network.gateway) return isNamed ? ['127.0.0.1', '::1'] : null
      if (isInNetwork(address) || never.some((one) => contains(one, address))) return null
      const text = addressText(address)
      const { addresses, networks } = own()
      if (addresses.includes(address)) return isNamed ? [text] : null
      const isLocal = local.some((one) => contains(one, address)) || networks.some((one) => contains(one, address))
      return isLocal && !localNetwork ? null : [text]
    },
  }
}
