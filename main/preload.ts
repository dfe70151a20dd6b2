import { ipcRenderer } from 'electron'
import { askChannel, portChannel } from '../app/contract/port-channel.ts'

/** The little of the DOM that this file meets: the rest of main is compiled without it. */
declare const window: {
  readonly location: { readonly origin: string }
  addEventListener(
    type: 'message',
    listener: (event: { readonly source: unknown; readonly data: unknown }) => void,
  ): void
  postMessage(message: string, targetOrigin: string, ports: readonly unknown[]): void
}

/**
 * All that the page gets from us is a port to main when it asks for one. Nothing is exposed on `window`, so there is no object
 * of ours through which a page could reach further.
 */
window.addEventListener('message', (event) => {
  if (event.source === window && event.data === askChannel) ipcRenderer.send(askChannel)
})

ipcRenderer.on(portChannel, (event) => {
  window.postMessage(portChannel, window.location.origin, event.ports.slice(0, 1))
})
