import { askChannel, portChannel } from '../../app/contract/port-channel.ts'
import type { ClientWire, MainFrame } from '../../app/contract/transport.ts'

/** Asks main, through the preload, for a port of this page's own. */
export function openElectronWire(): Promise<ClientWire> {
  return new Promise((resolve) => {
    const take = (event: MessageEvent): void => {
      const port = event.ports[0]
      // Only our own preload posts into this window, and only it can hold a port to main.
      if (event.source !== window || event.data !== portChannel || port === undefined) return
      window.removeEventListener('message', take)
      resolve(wireOf(port))
    }
    window.addEventListener('message', take)
    window.postMessage(askChannel, window.location.origin)
  })
}

function wireOf(port: MessagePort): ClientWire {
  return {
    send: (frame) => port.postMessage(frame),
    onFrame(listener) {
      port.onmessage = (event: MessageEvent<MainFrame>) => listener(event.data)
    },
    onClosed: (listener) => port.addEventListener('close', listener, { once: true }),
    close: () => port.close(),
  }
}
