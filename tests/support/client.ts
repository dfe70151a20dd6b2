import { once } from 'node:events'
import { WebSocket } from 'ws'
import { type Client, connectClient } from '../../app/contract/client.ts'
import { decodeFrame, encodeFrame } from '../../app/contract/codec.ts'
import type { ClientWire, MainFrame } from '../../app/contract/transport.ts'
import { tokenKey, wirePath, wireProtocol } from '../../app/contract/web-names.ts'
import type { TaskId } from '../../app/domain/ids.ts'
import type { Task, TaskState } from '../../app/domain/task.ts'

/** A client of the web way in, as a page has one. */
export interface TestClient extends Client {
  /** Settles when the task has ended, however it ended. */
  ended(id: TaskId): Promise<Task>
  /** Settles when the task has succeeded; rejects with its error otherwise. */
  succeeded(id: TaskId): Promise<Task>
  close(): void
}

const finalStates: readonly TaskState[] = ['succeeded', 'failed', 'cancelled', 'unknown']

/** Connects to the Berth at an address that it printed. */
export async function connectTo(address: string): Promise<TestClient> {
  const url = new URL(address)
  const token = new URLSearchParams(url.hash.slice(1)).get(tokenKey) ?? ''
  const socket = new WebSocket(`ws://${url.host}${wirePath}`, [wireProtocol, token], { origin: url.origin })
  socket.binaryType = 'nodebuffer'
  await once(socket, 'open')
  const client = connectClient(wireOf(socket), (error) => {
    throw error
  })

  const ended = new Map<TaskId, Task>()
  const waiting = new Map<TaskId, (task: Task) => void>()
  client.on('task.changed', (task) => {
    if (!finalStates.includes(task.state)) return
    ended.set(task.id, task)
    waiting.get(task.id)?.(task)
    waiting.delete(task.id)
  })
  const untilEnded = (id: TaskId): Promise<Task> => {
    const known = ended.get(id)
    return known !== undefined ? Promise.resolve(known) : new Promise((resolve) => waiting.set(id, resolve))
  }
  return {
    ...client,
    ended: untilEnded,
    async succeeded(id) {
      const task = await untilEnded(id)
      if (task.state !== 'succeeded') throw new Error(`${task.verb} ${task.state}: ${JSON.stringify(task.error)}`)
      return task
    },
    close: () => socket.close(),
  }
}

function wireOf(socket: WebSocket): ClientWire {
  return {
    send: (frame) => socket.send(encodeFrame(frame)),
    onFrame(listener) {
      socket.on('message', (data: Buffer, isBinary: boolean) => {
        listener(decodeFrame(isBinary ? new Uint8Array(data) : data.toString()) as MainFrame)
      })
    },
    onClosed: (listener) => socket.on('close', () => listener()),
    close: () => socket.close(),
  }
}
