import { createDns, hostNameServer, type NameServer } from './dns.ts'
import { createForwards, type PortForward } from './forwards.ts'
import type { Card } from './link.ts'
import { createNat, type Nat } from './nat.ts'
import { createReach, type Permission } from './reach.ts'
import type { Severed } from './tcp.ts'

/** What a person has settled for a machine's network. */
export interface NetworkSettings extends Permission {
  readonly forwards: readonly PortForward[]
}

/** What is behind a machine's card. */
export interface MachineNetwork {
  /** Connects the card, or pulls its cable. Rejects with a `PortTrouble`, and leaves all as it was, when a port cannot be had. */
  set(settings: NetworkSettings | null): Promise<void>
  isOn(): boolean
  setRunning(isRunning: boolean): void
  severable(): readonly Severed[]
  /** The guest goes on from a memory, in which it had these connections. */
  wake(severed: readonly Severed[]): void
  figures(): { readonly receivedBytes: number; readonly sentBytes: number }
}

export function createMachineNetwork(card: Card, nameServer: () => NameServer = hostNameServer()): MachineNetwork {
  let settings: NetworkSettings | null = null
  let nat: Nat | null = null
  let isRunning = false
  let past = { receivedBytes: 0, sentBytes: 0 }
  const forwards = createForwards((socket, guestPort) => {
    if (nat === null) socket.resetAndDestroy()
    else nat.accept(socket, guestPort)
  })
  const reach = createReach(() => settings ?? { hostPorts: [], localNetwork: false })
  const figures = () => {
    const now = nat?.figures() ?? { receivedBytes: 0, sentBytes: 0 }
    return {
      receivedBytes: past.receivedBytes + now.receivedBytes,
      sentBytes: past.sentBytes + now.sentBytes,
    }
  }
  card.onReset(() => nat?.drop())

  return {
    async set(next) {
      await forwards.set(next?.forwards ?? [])
      settings = next
      if (next === null) {
        if (nat === null) return
        past = figures()
        nat.drop()
        nat = null
        card.plug(null)
      } else if (nat === null) {
        nat = createNat({ link: card.link, reach, dns: createDns(nameServer), guestMac: card.mac() })
        nat.setRunning(isRunning)
        card.plug(nat.receive)
      } else nat.recheck()
    },
    isOn: () => nat !== null,
    setRunning(shallRun) {
      isRunning = shallRun
      nat?.setRunning(shallRun)
    },
    severable: () => nat?.severable() ?? [],
    wake(severed) {
      nat?.sever(severed)
    },
    figures,
  }
}
