import { type Client, connectClient } from '../app/contract/client.ts'
import { openElectronWire } from './transport/electron.ts'
import { openWebWire } from './transport/web.ts'

/**
 * Connects once, by the way this page was opened: a port in Berth's own window, a WebSocket elsewhere. A client whose line
 * closes stays closed (`onClosed`): connect again for a new one, listen to the feeds first and then ask for the whole.
 * Rejects with `unreachable` when nobody answers, and with `permission` when this page has no key or an old one: trying
 * again does not help then, the address must be opened anew.
 */
export async function connect(): Promise<Client> {
  const wire = await (window.location.protocol === 'berth:' ? openElectronWire() : openWebWire())
  return connectClient(wire, reportError)
}
