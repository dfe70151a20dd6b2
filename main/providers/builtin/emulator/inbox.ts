import type { MessagePort } from 'node:worker_threads'
import { readMemory } from './memory-file.ts'
import type { Beginning, Memory, PackedMemory, ThreadData, ToThread } from './messages.ts'

/** What comes to a machine's thread: first what it is to be, then orders. */
export interface Inbox {
  readonly beginning: Promise<Beginning>
  /** From now on each order is given to `take`, those that waited first. */
  open(take: (message: ToThread) => void): void
}

export function createInbox(port: MessagePort): Inbox {
  const waiting: ToThread[] = []
  let take = (message: ToThread): void => {
    waiting.push(message)
  }
  const beginning = new Promise<Beginning>((resolve) => {
    port.once('message', (first: Beginning) => {
      resolve(first)
      port.on('message', (message: ToThread) => take(message))
    })
  })
  return {
    beginning,
    open(next) {
      take = next
      for (const message of waiting.splice(0)) take(message)
    },
  }
}

/** The memory that a machine may begin with, unpacked while nobody knows yet which machine it will be. */
export function unpackAhead({ ahead }: ThreadData): (memory: Memory | PackedMemory) => Promise<ArrayBuffer> {
  const unpacked = ahead === null ? null : readMemory(ahead)
  // What is wrong with it is said to whoever begins with it.
  unpacked?.catch(() => {})
  return (memory) => {
    const isIt = 'packed' in memory && memory.checksum === ahead?.checksum && memory.sizeBytes === ahead.sizeBytes
    return isIt && unpacked !== null ? unpacked : readMemory(memory)
  }
}
