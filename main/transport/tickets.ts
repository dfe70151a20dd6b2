import { createHash, randomBytes } from 'node:crypto'

/** A browser that starts cold on a busy computer takes its time. */
const validMs = 60_000
const maxTickets = 16

export interface Tickets {
  readonly issue: () => string
  /** Whether the ticket is good; from then on it is not. */
  readonly redeem: (ticket: string) => boolean
}

/**
 * Codes that are good once and for a minute. A browser is opened with a ticket instead of the token: the command line of
 * whatever opens it can be read by every user of the computer.
 */
export function createTickets(nowMs: () => number = () => performance.now()): Tickets {
  /** By their hash, so that looking one up takes no time that depends on how much of it is right. */
  const issued = new Map<string, number>()
  const hash = (ticket: string): string => createHash('sha256').update(ticket).digest('base64')

  return {
    issue() {
      const ticket = randomBytes(24).toString('base64url')
      const [oldest] = issued.keys()
      if (issued.size >= maxTickets && oldest !== undefined) issued.delete(oldest)
      issued.set(hash(ticket), nowMs() + validMs)
      return ticket
    },
    redeem(ticket) {
      const key = hash(ticket)
      const until = issued.get(key)
      issued.delete(key)
      return until !== undefined && nowMs() < until
    },
  }
}
