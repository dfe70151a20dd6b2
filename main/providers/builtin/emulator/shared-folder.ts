import type { MessagePort } from 'node:worker_threads'
import type { FromFolder, ToFolder } from '../shared-folder/folder-messages.ts'
import { maxMessageBytes } from '../shared-folder/protocol.ts'

/** What v86 takes for a shared folder, and calls with each request. */
export type Handle9p = (request: Uint8Array, reply: (bytes: Uint8Array) => void) => void

/** A request's buffers in the guest's memory. */
interface BufferChain {
  length_readable: number
  read_buffers: { readonly len: number }[]
}

/** v86's device, as far as its own types leave it out. */
export interface FolderDevice {
  readonly virtio: { reset(): void; readonly queues: readonly { pop_request(): BufferChain }[] }
  readonly tag_bufchain: Map<number, unknown>
  get_state(): readonly unknown[]
  set_state(state: readonly unknown[]): void
}

export interface SharedFolderEnd {
  readonly handle9p: Handle9p
  /** Joins the device once v86 has made it. */
  plug(device: FolderDevice): void
  /**
   * Settles when nothing is under way and the device's state says what the guest's handles stand for. The guest has to stand still.
   * Fails when the folder does not answer.
   */
  settle(): Promise<void>
}

/** Where the device's state has our part, behind v86's own. */
const sessionIndex = 4
/** A folder on a network that has not answered by then may not for minutes. */
const usualPatienceMs = 10_000

/** The machine's end of a shared folder, whose thread is at the other end of `port`. */
export function createSharedFolderEnd(port: MessagePort, patienceMs: number = usualPatienceMs): SharedFolderEnd {
  /** Answers come in the order of requests. A request from before a reset has nobody left to be answered. */
  const waiting: { readonly reply: (bytes: Uint8Array) => void; isForgotten: boolean }[] = []
  let session: Uint8Array | null = null
  let settled: (() => void) | null = null
  /** How often its state was asked for and not answered: an answer that comes late is not the one that is waited for. */
  let unanswered = 0
  const send = (message: ToFolder, transferred: readonly ArrayBuffer[] = []): void =>
    port.postMessage(message, transferred)

  port.on('message', (message: FromFolder) => {
    if (!(message instanceof Uint8Array)) {
      session = message.session
      unanswered -= 1
      if (unanswered === 0) settled?.()
      return
    }
    const request = waiting.shift()
    if (request === undefined || request.isForgotten) return
    try {
      request.reply(message)
    } catch {
      // The guest gave no memory of its own for the answer.
    }
  })

  function forget(): void {
    for (const request of waiting) request.isForgotten = true
    send({ kind: 'reset' })
  }

  return {
    handle9p(request, reply) {
      waiting.push({ reply, isForgotten: false })
      send(request, [request.buffer as ArrayBuffer])
    },
    plug(device) {
      boundRequests(device)
      const { virtio } = device
      const reset = virtio.reset.bind(virtio)
      virtio.reset = () => {
        device.tag_bufchain.clear()
        forget()
        reset()
      }
      const getState = device.get_state.bind(device)
      device.get_state = () => [...getState(), session ?? new Uint8Array()]
      const setState = device.set_state.bind(device)
      device.set_state = (state) => {
        setState(state)
        const kept = state[sessionIndex]
        if (kept instanceof Uint8Array && kept.length > 0) send({ kind: 'resume', session: kept.slice() })
      }
    },
    async settle() {
      // Sent after all requests, answered after all answers.
      send({ kind: 'keep' })
      unanswered += 1
      let timer: NodeJS.Timeout | undefined
      try {
        await new Promise<void>((resolve, reject) => {
          settled = resolve
          const late = () =>
            reject(Object.assign(new Error('the shared folder does not answer'), { code: 'FOLDER_SILENT' }))
          timer = setTimeout(late, patienceMs)
        })
      } finally {
        clearTimeout(timer)
        settled = null
      }
    },
  }
}

/** v86 takes memory for as much as a guest says that its request has. What is longer than any becomes empty, and is refused. */
function boundRequests({ virtio }: FolderDevice): void {
  const [queue] = virtio.queues
  if (queue === undefined) throw new Error('This is another v86 than the one Berth was made for')
  const pop = queue.pop_request.bind(queue)
  queue.pop_request = () => {
    const chain = pop()
    if (chain.read_buffers.some(({ len }) => len < 0) || chain.length_readable > maxMessageBytes) {
      chain.read_buffers = []
      chain.length_readable = 0
    }
    return chain
  }
}
