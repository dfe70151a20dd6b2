import { ipcMain, MessageChannelMain, type MessagePortMain, type WebContents } from 'electron'
import { askChannel, portChannel } from '../../app/contract/port-channel.ts'
import type { MainFrame, MainWire } from '../../app/contract/transport.ts'
import type { Log } from '../log.ts'

export interface PortOptions {
  /** Whether these are the contents of our own window. */
  readonly isOurs: (contents: WebContents) => boolean
  readonly isOurUrl: (url: string) => boolean
  readonly log: Log
  /** Takes the line when it is ready to; what the page sends before waits in the port. */
  readonly connect: (wire: MainWire) => void
}

/**
 * Hands a port to each page that asks for one: only to the main frame of our own window, showing our own page. A port belongs
 * to the page it was given to; it closes when that page goes, and cannot be had by asking again for somebody else.
 */
export function servePorts({ isOurs, isOurUrl, log, connect }: PortOptions): void {
  ipcMain.on(askChannel, (event) => {
    const { sender, senderFrame } = event
    if (!isOurs(sender) || senderFrame === null || senderFrame !== sender.mainFrame || !isOurUrl(senderFrame.url)) {
      log.warn('port.refused', { url: senderFrame?.url })
      return
    }
    const { port1, port2 } = new MessageChannelMain()
    senderFrame.postMessage(portChannel, null, [port2])
    connect(wireOf(port1))
  })
}

function wireOf(port: MessagePortMain): MainWire {
  let isOpen = true
  port.once('close', () => {
    isOpen = false
  })
  return {
    send(frame) {
      if (isOpen) port.postMessage(withOwnBytes(frame))
    },
    onFrame(listener) {
      port.on('message', ({ data }) => listener(data))
      port.start()
    },
    onClosed(listener) {
      port.once('close', listener)
    },
    close: () => port.close(),
  }
}

/** A copy of bytes sends the whole buffer they lie in: Node's lie in a shared one, so they get one of their own. */
function withOwnBytes(frame: MainFrame): MainFrame {
  if (frame.t !== 'down' || typeof frame.value !== 'object' || frame.value === null || !('data' in frame.value)) {
    return frame
  }
  const { data } = frame.value
  if (!(data instanceof Uint8Array)) return frame
  const isWhole = data.byteLength === data.buffer.byteLength && data.constructor === Uint8Array
  return isWhole ? frame : { ...frame, value: { ...frame.value, data: new Uint8Array(data) } }
}
