import { ipcRenderer, webUtils } from 'electron'
import { askChannel, dropChannel, portChannel } from '../app/contract/port-channel.ts'

/** The little of the DOM that this file meets: the rest of main is compiled without it. */
declare const window: {
  readonly location: { readonly origin: string }
  addEventListener(
    type: 'message',
    listener: (event: { readonly source: unknown; readonly data: unknown }) => void,
  ): void
  addEventListener(
    type: 'drop',
    listener: (event: { readonly dataTransfer: { readonly files: ArrayLike<never> } | null }) => void,
  ): void
  postMessage(message: unknown, targetOrigin: string, ports: readonly unknown[]): void
}

/**
 * All that the page gets from us is a port to main when it asks for one, and the paths of files that the person drops on the
 * window. Nothing is exposed on `window`, so there is no object of ours through which a page could reach further.
 */
window.addEventListener('message', (event) => {
  if (event.source === window && event.data === askChannel) ipcRenderer.send(askChannel)
})

ipcRenderer.on(portChannel, (event) => {
  window.postMessage(portChannel, window.location.origin, event.ports.slice(0, 1))
})

window.addEventListener('drop', ({ dataTransfer }) => {
  const paths = Array.from(dataTransfer?.files ?? [], (file) => webUtils.getPathForFile(file))
  window.postMessage({ channel: dropChannel, paths }, window.location.origin, [])
})
