import { addressOf } from './packets.ts'

/**
 * The guest's own network, the same for every machine since no two share one. QEMU's user networking has the same numbers, so
 * that what is known of one holds for the other; the gateway answers for names too.
 */
export const network = {
  base: addressOf('10.0.2.0'),
  mask: addressOf('255.255.255.0'),
  gateway: addressOf('10.0.2.2'),
  guest: addressOf('10.0.2.15'),
  broadcast: addressOf('10.0.2.255'),
  gatewayMac: Uint8Array.of(0x52, 0x55, 10, 0, 2, 2),
  /** What fits one frame on the guest's link. */
  mtu: 1500,
} as const

/** The name by which a guest reaches the ports of this computer that it may. */
export const hostName = 'host.internal'

export function isInNetwork(address: number): boolean {
  return (address & network.mask) >>> 0 === network.base
}
