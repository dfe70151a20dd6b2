import { readFile } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import type { PackedMemory, ThreadData } from './emulator/messages.ts'
import { readPrepared } from './prepared-memory.ts'
import { linux, threadFile, wasm } from './program.ts'

/** How long one that is not needed stays. */
const keptMs = 5 * 60_000

/**
 * One machine's thread that stands ready before there is a machine: its program is loaded, and the memory that comes with Berth is
 * unpacked in it.
 */
export interface SpareThread {
  /** Makes one, unless there is one. What goes wrong with it is no failure: a machine without it gets a thread of its own. */
  prepare(): void
  /** The thread, which is the caller's from now on; null when there is none. */
  take(): Worker | null
  /** Ends it. Settles when it is gone. */
  dispose(): Promise<void>
}

export function createSpareThread(failed: (error: unknown) => void): SpareThread {
  let spare: Worker | null = null
  let isPreparing = false
  let isDisposed = false
  let expiry: NodeJS.Timeout | null = null

  function forget(): void {
    spare = null
    if (expiry !== null) clearTimeout(expiry)
  }

  function take(): Worker | null {
    const taken = spare
    forget()
    taken?.off('error', failed)
    taken?.off('exit', forget)
    taken?.ref()
    return taken
  }

  async function make(): Promise<void> {
    const [{ memory }, packed] = await Promise.all([readPrepared(), readFile(linux.state), wasm()])
    if (isDisposed) return
    const worker = makeWorker({ ...memory, packed })
    worker.on('error', failed)
    worker.on('exit', forget)
    worker.unref()
    spare = worker
    expiry = setTimeout(() => void end(), keptMs)
    expiry.unref()
  }

  async function end(): Promise<void> {
    await take()?.terminate()
  }

  return {
    prepare() {
      if (spare !== null || isPreparing || isDisposed) return
      isPreparing = true
      make()
        .catch(failed)
        .finally(() => {
          isPreparing = false
        })
    },
    take,
    async dispose() {
      isDisposed = true
      await end()
    },
  }
}

/** A thread that waits for its `Beginning`. What v86 prints would otherwise stand among Berth's own lines. */
export function makeWorker(ahead: PackedMemory | null): Worker {
  const workerData: ThreadData = { ahead }
  return new Worker(threadFile, { workerData, stdout: true, stderr: true, name: 'berth machine' })
}
