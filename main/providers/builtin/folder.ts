import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import type { SharedFolder as ChosenFolder } from '../../../app/domain/spec.ts'
import { folderThreadFile } from './program.ts'
import type { ToFolder } from './shared-folder/folder-messages.ts'
import type { FolderBeginning } from './shared-folder/folder-thread.ts'
import { keepSession } from './shared-folder/kept-session.ts'
import { servant } from './shared-folder/serve-folder.ts'
import { createSession, type SharedFolder } from './shared-folder/session.ts'
import { isSharedFolderThere } from './shared-folder-check.ts'

/** The thread of a machine's shared folder, seen from main. */
export interface FolderThread {
  /** What the machine's thread asks it by. */
  readonly port: MessagePort
  share(folder: SharedFolder | null): void
  /** Ends it. Nobody waits: what its folder's network does not answer can hold it for minutes. */
  end(): void
}

/**
 * Most machines share no folder. As long as there is none, all that a guest asks is refused, for which main needs no thread: one
 * takes 35 ms of a processor and 10 MB.
 */
export function startFolderThread(first: SharedFolder | null, failed: (error: unknown) => void): FolderThread {
  const { port1, port2 } = new MessageChannel()
  const empty = createSession(null)
  const refuse = servant(empty, port2)
  let worker: Worker | null = null

  function start(folder: SharedFolder): Worker {
    // What has come and was not read yet goes with the port.
    port2.off('message', refuse)
    const workerData: FolderBeginning = { port: port2, folder, session: keepSession(empty) }
    const started = new Worker(folderThreadFile, { workerData, transferList: [port2], name: 'berth shared folder' })
    started.on('error', failed)
    return started
  }

  if (first !== null) worker = start(first)
  else {
    port2.on('message', refuse)
    // Its machine's thread is what Berth is kept open for.
    port2.unref()
  }
  return {
    port: port1,
    share(folder) {
      if (worker !== null) worker.postMessage({ kind: 'share', folder } satisfies ToFolder)
      else if (folder !== null) worker = start(folder)
    },
    end() {
      void worker?.terminate()
      if (worker === null) port2.close()
    },
  }
}

/** What a guest finds of the folder that was chosen: nothing, while that is not there. */
export async function presentFolder(chosen: ChosenFolder | null): Promise<SharedFolder | null> {
  if (chosen === null || !(await isSharedFolderThere(chosen))) return null
  return { path: chosen.path, isWritable: !chosen.readOnly }
}
