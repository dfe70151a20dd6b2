import type { Bus, VirtioNetwork } from './internals.ts'
import type { Card } from './network/link.ts'

/** v86's header before each frame: no offloading, one buffer. */
const headerBytes = 12
const header = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0)
/** What a guest may send at once: a frame of Ethernet and no more. */
const maxFrameBytes = 1_600
/** Buffers for frames to the guest. v86's 1024 would take 1.5 MiB of a guest that may have 16. */
const queueSize = 256

/**
 * v86's virtio card without its network adapters. Frames are put into the guest's buffers here rather than by v86's bus, which
 * drops them without a word when there is no buffer, and interrupts the guest for each.
 */
export function createVirtioCard(device: VirtioNetwork, bus: Bus, mac: Uint8Array): Card {
  const { virtio } = device
  const [incoming, outgoing] = virtio.queues
  if (incoming === undefined || outgoing === undefined) throw new Error('v86’s network card has no queues')
  for (const queue of [incoming, outgoing]) {
    queue.size_supported = queueSize
    queue.set_size(queueSize)
  }
  device.mac.set(mac)
  limitFrames(outgoing)
  let hear: ((frame: Uint8Array) => void) | null = null
  bus.register('net0-send', (frame) => {
    if (frame.length > 0) hear?.(frame)
  })

  return {
    mac: () => device.mac.slice(),
    link: {
      room: () =>
        incoming.is_configured() && incoming.enabled ? Math.min(incoming.size, incoming.count_requests()) : 0,
      send(frame) {
        const buffers = incoming.pop_request()
        const bytes = new Uint8Array(headerBytes + frame.length)
        bytes.set(header)
        bytes.set(frame, headerBytes)
        if (buffers.length_writable >= bytes.length) buffers.set_next_blob(bytes)
        incoming.push_reply(buffers)
      },
      flush() {
        if (incoming.num_staged_replies > 0) incoming.flush_replies()
      },
    },
    plug(next) {
      hear = next
    },
    onReset(listener) {
      const reset = device.reset.bind(device)
      device.reset = () => {
        reset()
        listener()
      }
    },
  }
}

type Queue = VirtioNetwork['virtio']['queues'][number]

/** v86 takes memory for as much as a guest says it sends. What is no frame is shown to it as nothing. */
function limitFrames(queue: Queue): void {
  const pop = queue.pop_request.bind(queue)
  queue.pop_request = () => {
    const buffers = pop()
    const { length_readable: length } = buffers
    if (!(length > headerBytes && length <= headerBytes + maxFrameBytes)) buffers.length_readable = 0
    return buffers
  }
}
