import { afterEach, describe, expect, it } from 'vitest'
import { network } from '../../../../../main/providers/builtin/emulator/network/addresses.ts'
import { createDns, type NameServer } from '../../../../../main/providers/builtin/emulator/network/dns.ts'
import {
  addressOf,
  addressText,
  checksum,
  etherTypeOf,
  etherTypes,
  ipv4Frame,
  protocols,
  read16,
  read32,
  readUdp,
  write16,
  write32,
} from '../../../../../main/providers/builtin/emulator/network/packets.ts'
import { createReach } from '../../../../../main/providers/builtin/emulator/network/reach.ts'
import { createGuestNetwork, ends, type GuestNetwork, guestMac } from '../../../../support/guest-network.ts'

const guests: GuestNetwork[] = []
afterEach(() => {
  for (const guest of guests.splice(0)) guest.nat.drop()
})

const noName = Object.assign(new Error('queryA ENOTFOUND'), { code: 'ENOTFOUND' })
const noData = Object.assign(new Error('queryA ENODATA'), { code: 'ENODATA' })
const noServer = Object.assign(new Error('queryA ETIMEOUT'), { code: 'ETIMEOUT' })

/** Names as a host's resolver gives them. */
const names = {
  async resolve4(name: string) {
    if (name === 'berth.example') return [{ address: '192.0.2.7', ttl: 30 }]
    if (name === 'many.example') return Array.from({ length: 100 }, (_, at) => ({ address: `192.0.2.${at}`, ttl: 1 }))
    if (name === 'six.example') throw noData
    if (name === 'slow.example') throw noServer
    throw noName
  },
  resolvePtr: async () => ['berth.example'],
  resolveMx: async () => [{ priority: 10, exchange: 'mail.example' }],
  resolveTxt: async () => [['one', 'two']],
  resolveCname: async () => [],
  resolveNs: async () => [],
  resolveSrv: async () => [],
} as unknown as NameServer

function guestHere(): GuestNetwork {
  const reach = createReach(() => ({ hostPorts: [], localNetwork: false }))
  const guest = createGuestNetwork({ reach, dns: createDns(() => names) })
  guests.push(guest)
  return guest
}

function query(name: string, type: number, more: { readonly id?: number; readonly flags?: number } = {}): Buffer {
  const labels = name === '' ? [] : name.split('.')
  const question = Buffer.concat([
    ...labels.map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)])),
    Buffer.of(0, 0, type, 0, 1),
  ])
  const header = Buffer.alloc(12)
  header.writeUInt16BE(more.id ?? 7, 0)
  header.writeUInt16BE(more.flags ?? 0x0100, 2)
  header.writeUInt16BE(1, 4)
  return Buffer.concat([header, question])
}

async function ask(bytes: Uint8Array, server: number = network.gateway) {
  const guest = guestHere()
  const answered = guest.next(({ protocol }) => protocol === protocols.udp)
  guest.sendUdp(server, { source: 5353, destination: 53 }, bytes)
  const packet = await answered
  const datagram = readUdp(packet.payload)
  if (datagram === null) throw new Error('no datagram')
  expect(packet.source).toBe(server)
  expect(datagram.destinationPort).toBe(5353)
  const data = Buffer.from(datagram.data)
  const flags = data.readUInt16BE(2)
  return {
    id: data.readUInt16BE(0),
    code: flags & 15,
    isCut: (flags & 0x0200) !== 0,
    answers: data.readUInt16BE(6),
    data,
  }
}

describe('names', () => {
  it('are looked up by the host, with the time they may be remembered', async () => {
    const { id, code, answers, data } = await ask(query('berth.example', 1))
    expect({ id, code, answers }).toEqual({ id: 7, code: 0, answers: 1 })
    expect(data.subarray(-10)).toEqual(Buffer.of(0, 0, 0, 30, 0, 4, 192, 0, 2, 7))
  })

  it('are answered whichever server the guest asks', async () => {
    expect((await ask(query('berth.example', 1), addressOf('8.8.8.8'))).answers).toBe(1)
  })

  it.each([
    ['that nobody has do not exist', 'none.example', 1, 3, 0],
    ['that have new addresses alone have none', 'six.example', 1, 0, 0],
    ['have no new addresses', 'berth.example', 28, 0, 0],
    ['that no server answers for have failed', 'slow.example', 1, 2, 0],
    ['with signs of another notation do not exist', 'a b.example', 1, 3, 0],
    ['are asked for no kind of record that nobody has', 'berth.example', 99, 4, 0],
    ['of addresses are found', '7.2.0.192.in-addr.arpa', 12, 0, 1],
    ['have mail servers', 'example', 15, 0, 1],
    ['have texts', 'example', 16, 0, 1],
  ])('%s', async (_what, name, type, code, answers) => {
    const answer = await ask(query(name, type))
    expect({ code: answer.code, answers: answer.answers }).toEqual({ code, answers })
  })

  it('with more addresses than fit have those that do', async () => {
    const { answers, isCut, data } = await ask(query('many.example', 1))
    expect(answers).toBeGreaterThan(20)
    expect(data.length).toBeLessThanOrEqual(512)
    expect(isCut).toBe(false)
  })

  it('include one for this computer', async () => {
    const { data } = await ask(query('Host.Internal', 1))
    expect(data.readUInt32BE(data.length - 4)).toBe(network.gateway)
    // As it was written.
    expect(data.includes('Host')).toBe(true)
  })

  it('are complained of when a query is cut short', async () => {
    expect((await ask(query('berth.example', 1).subarray(0, 20))).code).toBe(1)
  })

  it('are never answered to an answer', () => {
    const guest = guestHere()
    guest.sendUdp(network.gateway, { source: 53, destination: 53 }, query('berth.example', 1, { flags: 0x8180 }))
    guest.sendUdp(network.gateway, { source: 53, destination: 53 }, Buffer.of(1, 2, 3))
    expect(guest.frames).toEqual([])
  })

  it('are asked for so many at a time, and no more', async () => {
    let asked = 0
    const waiting = { resolve4: () => new Promise(() => (asked += 1)) } as unknown as NameServer
    const dns = createDns(() => waiting)
    for (let count = 0; count < 1_000; count += 1) dns.ask(query(`a${count}.example`, 1), () => {})
    expect(asked).toBe(64)
  })
})

describe('the gateway', () => {
  it('lends the guest the address that it always has', async () => {
    const guest = guestHere()
    const offered = guest.next(({ protocol }) => protocol === protocols.udp)
    guest.send(lendingMessage(1))
    const offer = readUdp((await offered).payload)?.data ?? new Uint8Array(0)
    expect(addressText(read32(offer, 16))).toBe('10.0.2.15')
    expect(Buffer.from(offer).includes(Buffer.of(3, 4, 10, 0, 2, 2))).toBe(true)
    expect(Buffer.from(offer).includes(Buffer.of(6, 4, 10, 0, 2, 2))).toBe(true)
    const refused = guest.next(({ protocol }) => protocol === protocols.udp)
    guest.send(lendingMessage(3, 50, 4, 192, 168, 86, 100))
    expect(Buffer.from(readUdp((await refused).payload)?.data ?? []).includes(Buffer.of(53, 1, 6))).toBe(true)
    const granted = guest.next(({ protocol }) => protocol === protocols.udp)
    guest.send(lendingMessage(3, 50, 4, 10, 0, 2, 15))
    expect(Buffer.from(readUdp((await granted).payload)?.data ?? []).includes(Buffer.of(53, 1, 5))).toBe(true)
  })

  it('says where it is, and of no other address that it was there', async () => {
    const guest = guestHere()
    guest.send(whoHas(network.gateway))
    guest.send(whoHas(addressOf('10.0.2.77')))
    await expect.poll(() => guest.frames.length).toBe(1)
    const reply = guest.frames[0] as Uint8Array
    expect(etherTypeOf(reply)).toBe(etherTypes.arp)
    expect(reply.subarray(22, 28)).toEqual(network.gatewayMac)
    expect(read32(reply, 28)).toBe(network.gateway)
  })

  it('answers a ping for itself and for nobody else', async () => {
    const guest = guestHere()
    const pong = guest.next(({ protocol }) => protocol === protocols.icmp)
    guest.send(ping(network.gateway))
    expect((await pong).payload[0]).toBe(0)
    const other = guest.next(({ protocol }) => protocol === protocols.icmp)
    guest.send(ping(addressOf('8.8.8.8')))
    expect(Array.from((await other).payload.subarray(0, 2))).toEqual([3, 13])
  })

  it('says of other datagrams that nobody takes them', async () => {
    const guest = guestHere()
    const answered = guest.next(({ protocol }) => protocol === protocols.icmp)
    guest.sendUdp(addressOf('192.0.2.1'), { source: 1, destination: 123 }, Buffer.alloc(48))
    expect(Array.from((await answered).payload.subarray(0, 2))).toEqual([3, 3])
  })
})

/** A DHCP message of the guest's, which has no address yet. */
function lendingMessage(kind: number, ...more: readonly number[]): Uint8Array {
  const data = new Uint8Array(300)
  data.set([1, 1, 6, 0, 1, 2, 3, 4])
  data.set(guestMac, 28)
  write32(data, 236, 0x63825363)
  data.set([53, 1, kind, ...more, 255], 240)
  const frame = ipv4Frame(
    { ...ends(0xffffffff, 0), toMac: new Uint8Array(6).fill(255) },
    protocols.udp,
    8 + data.length,
  )
  write16(frame, 34, 68)
  write16(frame, 36, 67)
  write16(frame, 38, 8 + data.length)
  frame.set(data, 42)
  return frame
}

function whoHas(address: number): Uint8Array {
  const frame = new Uint8Array(42)
  frame.fill(255, 0, 6)
  frame.set(guestMac, 6)
  write16(frame, 12, etherTypes.arp)
  write32(frame, 14, 0x00010800)
  write32(frame, 18, 0x06040001)
  frame.set(guestMac, 22)
  write32(frame, 28, network.guest)
  write32(frame, 38, address)
  return frame
}

function ping(address: number): Uint8Array {
  const frame = ipv4Frame(ends(address), protocols.icmp, 16)
  frame[34] = 8
  write16(frame, 36, checksum(frame, 34, frame.length, 0))
  expect(read16(frame, 36)).not.toBe(0)
  return frame
}

describe('the rule for what a guest reaches', () => {
  const own = () => ({
    addresses: [addressOf('192.168.1.20'), addressOf('203.0.113.5')],
    networks: [
      { base: addressOf('192.168.1.0'), bits: 24 },
      { base: addressOf('203.0.113.0'), bits: 24 },
    ],
  })
  const wayTo = (address: string, port: number, permission = { hostPorts: [] as number[], localNetwork: false }) =>
    createReach(() => permission, own).wayTo(addressOf(address), port)

  it.each([
    '10.0.2.2',
    '10.0.2.9',
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '0.1.2.3',
    '169.254.169.254',
    '192.168.1.20',
    '203.0.113.5',
    '224.0.0.1',
    '255.255.255.255',
  ])('never lets it reach %s, with the local network or without', (address) => {
    expect(wayTo(address, 80)).toBe(null)
    expect(wayTo(address, 80, { hostPorts: [8080], localNetwork: true })).toBe(null)
  })

  it.each(['192.168.1.1', '192.168.77.1', '10.1.2.3', '172.16.0.1', '172.31.255.255', '100.64.0.1', '203.0.113.6'])(
    'lets it reach %s with the local network alone',
    (address) => {
      expect(wayTo(address, 80)).toBe(null)
      expect(wayTo(address, 80, { hostPorts: [], localNetwork: true })).toEqual([address])
    },
  )

  it.each(['8.8.8.8', '172.32.0.1', '11.0.0.1', '192.169.0.1', '223.255.255.255', '100.128.0.1'])(
    'lets it reach %s',
    (address) => expect(wayTo(address, 443)).toEqual([address]),
  )

  it('lets it reach a port of this computer that is named, and no other', () => {
    const permission = { hostPorts: [8080], localNetwork: false }
    expect(wayTo('10.0.2.2', 8080, permission)).toEqual(['127.0.0.1', '::1'])
    expect(wayTo('192.168.1.20', 8080, permission)).toEqual(['192.168.1.20'])
    expect(wayTo('10.0.2.2', 8081, permission)).toBe(null)
    expect(wayTo('127.0.0.1', 8080, permission)).toBe(null)
  })
})
