import { ticketKey, ticketPath, tokenHeader, tokenKey } from '../../app/contract/web-names.ts'

const answerMs = 5_000

/**
 * A Berth's address with a ticket in place of its token, to be given to whatever opens a browser: every user of the computer
 * can read its command line. Null when that Berth does not answer.
 */
export async function addressWithTicket(address: string): Promise<string | null> {
  const url = new URL(address)
  const token = new URLSearchParams(url.hash.slice(1)).get(tokenKey) ?? ''
  try {
    const signal = AbortSignal.timeout(answerMs)
    const answer = await fetch(new URL(ticketPath, url), { headers: { [tokenHeader]: token }, signal })
    if (!answer.ok) return null
    return `${url.origin}/#${ticketKey}=${await answer.text()}`
  } catch {
    return null
  }
}
