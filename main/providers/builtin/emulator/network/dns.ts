import { Resolver } from 'node:dns/promises'
import { hostName, network } from './addresses.ts'
import {
  answer,
  complaint,
  type DnsRecord,
  nameBytes,
  outcome,
  type Question,
  readQuery,
  recordType,
} from './dns-message.ts'
import { addressOf, write16, write32 } from './packets.ts'

/** What looks a name up: the host's, or a test's. */
export type NameServer = Pick<
  Resolver,
  'resolve4' | 'resolveCname' | 'resolveMx' | 'resolveNs' | 'resolvePtr' | 'resolveSrv' | 'resolveTxt'
>

export interface Dns {
  /** Answers a query some time, or never when too many are open: a guest asks again. */
  ask(query: Uint8Array, reply: (bytes: Uint8Array) => void): void
}

const maxOpenQueries = 64
const queryMs = 3_000
const tries = 2
/** How long the guest may remember what came without a time of its own. */
const rememberSeconds = 60
/** The servers are read from the system when a resolver is made: made anew, it follows a change of network. */
const resolverMs = 10_000

/**
 * Names by the host's own name servers. Not by `lookup`: that waits in one of the four threads that all of Berth reads files
 * with, and a guest could keep them all waiting.
 */
export function hostNameServer(): () => NameServer {
  let known: { readonly atMs: number; readonly resolver: Resolver } | null = null
  return () => {
    const atMs = performance.now()
    if (known === null || atMs - known.atMs > resolverMs) {
      known = { atMs, resolver: new Resolver({ timeout: queryMs, tries }) }
    }
    return known.resolver
  }
}

export function createDns(nameServer: () => NameServer): Dns {
  let open = 0
  return {
    ask(query, reply) {
      const question = readQuery(query)
      if (question === null) return
      if ('outcome' in question) return reply(complaint(question.id, question.outcome))
      if (question.name.toLowerCase() === hostName) return reply(ownAnswer(question))
      // A guest's network has the old addresses alone: a name that has only new ones has none here.
      if (question.type === recordType.address6) return reply(answer(question, outcome.done))
      if (open >= maxOpenQueries) return
      open += 1
      look(nameServer(), question)
        .then(
          (records) => answer(question, records === null ? outcome.notImplemented : outcome.done, records ?? []),
          (error: unknown) => answer(question, outcomeOf(error)),
        )
        .then((bytes) => {
          open -= 1
          reply(bytes)
        })
    },
  }
}

function ownAnswer(question: Question): Uint8Array {
  const isAddress = question.type === recordType.address
  return answer(
    question,
    outcome.done,
    isAddress ? [{ seconds: rememberSeconds, data: addressData(network.gateway) }] : [],
  )
}

/** null for a kind of record that nobody here asks for. */
async function look(server: NameServer, { name, type }: Question): Promise<readonly DnsRecord[] | null> {
  const named = (names: readonly string[]): readonly DnsRecord[] => names.flatMap((one) => record(nameBytes(one)))
  switch (type) {
    case recordType.address:
      return (await server.resolve4(name, { ttl: true })).map(({ address, ttl }) => ({
        seconds: ttl,
        data: addressData(addressOf(address)),
      }))
    case recordType.pointer:
      return named(await server.resolvePtr(name))
    case recordType.alias:
      return named(await server.resolveCname(name))
    case recordType.nameServer:
      return named(await server.resolveNs(name))
    case recordType.mail:
      return (await server.resolveMx(name)).flatMap(({ priority, exchange }) => record(behind([priority], exchange)))
    case recordType.service:
      return (await server.resolveSrv(name)).flatMap(({ priority, weight, port, name: target }) =>
        record(behind([priority, weight, port], target)),
      )
    case recordType.text:
      return (await server.resolveTxt(name)).flatMap((parts) => record(textData(parts)))
    default:
      return null
  }
}

function record(data: Uint8Array | null): readonly DnsRecord[] {
  return data === null ? [] : [{ seconds: rememberSeconds, data }]
}

function addressData(address: number): Uint8Array {
  const data = new Uint8Array(4)
  write32(data, 0, address)
  return data
}

/** Numbers, then a name. */
function behind(numbers: readonly number[], name: string): Uint8Array | null {
  const bytes = nameBytes(name)
  if (bytes === null) return null
  const data = new Uint8Array(numbers.length * 2 + bytes.length)
  for (const [index, number] of numbers.entries()) write16(data, index * 2, number)
  data.set(bytes, numbers.length * 2)
  return data
}

function textData(parts: readonly string[]): Uint8Array | null {
  const pieces = parts.map((part) => Buffer.from(part, 'utf8'))
  if (pieces.some(({ length }) => length > 255)) return null
  return Uint8Array.from(pieces.flatMap((piece) => [piece.length, ...piece]))
}

function outcomeOf(error: unknown): number {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOTFOUND':
      return outcome.noSuchName
    case 'ENODATA':
      return outcome.done
    case 'EREFUSED':
      return outcome.refused
    default:
      return outcome.failed
  }
}
