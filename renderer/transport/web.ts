import { decodeFrame, encodeFrame } from '../../app/contract/codec.ts'
import type { ClientWire, MainFrame } from '../../app/contract/transport.ts'
import {
  keyPath,
  ticketHeader,
  ticketKey,
  tokenHeader,
  tokenKey,
  wirePath,
  wireProtocol,
} from '../../app/contract/web-names.ts'
import { failure } from '../../app/domain/errors.ts'

/**
 * Opens a WebSocket to the Berth this page came from. Rejects with `permission` when the token is missing or no longer the
 * right one, with `unreachable` when nobody answers.
 */
export async function openWebWire(): Promise<ClientWire> {
  const token = await takeToken()
  if (token === null) throw noEntry()
  const scheme = window.location.protocol === 'https:' ? 'wss' : 'ws'
  const socket = new WebSocket(`${scheme}://${window.location.host}${wirePath}`, [wireProtocol, token])
  socket.binaryType = 'arraybuffer'
  const isOpen = await new Promise<boolean>((resolve) => {
    socket.onopen = () => resolve(true)
    socket.onclose = () => resolve(false)
  })
  if (!isOpen) throw await whyRefused(token)
  return wireOf(socket)
}

/**
 * The token, or a ticket for it, comes in the address's fragment, which no server, log or referrer ever sees. The token moves at
 * once into storage that belongs to this tab and origin, so that a reload works and a copied address holds no key.
 */
async function takeToken(): Promise<string | null> {
  const fragment = new URLSearchParams(window.location.hash.slice(1))
  const ticket = fragment.get(ticketKey)
  const given = ticket === null ? fragment.get(tokenKey) : await tradeTicket(ticket)
  if (ticket !== null || given !== null) history.replaceState(history.state, '', window.location.pathname)
  if (given === null) return sessionStorage.getItem(tokenKey)
  sessionStorage.setItem(tokenKey, given)
  return given
}

/** The token for a ticket; null when the ticket was used before or is too old. Throws when nobody answers. */
async function tradeTicket(ticket: string): Promise<string | null> {
  try {
    const answer = await fetch(keyPath, { headers: { [ticketHeader]: ticket }, cache: 'no-store' })
    return answer.ok ? await answer.text() : null
  } catch {
    throw failure('unreachable', { key: 'error.line' }, { hint: { key: 'error.line.hint' } })
  }
}

/** A browser does not say why a WebSocket was refused, so the same question is put by an ordinary request. */
async function whyRefused(token: string) {
  try {
    const answer = await fetch(wirePath, { headers: { [tokenHeader]: token }, cache: 'no-store' })
    if (answer.status === 401) return noEntry()
  } catch {
    // Nobody answers.
  }
  return failure('unreachable', { key: 'error.line' }, { hint: { key: 'error.line.hint' } })
}

function noEntry() {
  return failure('permission', { key: 'error.token' }, { hint: { key: 'error.token.hint' } })
}

function wireOf(socket: WebSocket): ClientWire {
  return {
    send(frame) {
      if (socket.readyState === WebSocket.OPEN) socket.send(encodeFrame(frame))
    },
    onFrame(listener) {
      socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
        const message = typeof event.data === 'string' ? event.data : new Uint8Array(event.data)
        listener(decodeFrame(message) as MainFrame)
      }
    },
    onClosed(listener) {
      socket.onclose = listener
    },
    close: () => socket.close(),
  }
}
