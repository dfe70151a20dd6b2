import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import type { SharedFolder as ChosenFolder } from '../../../app/domain/spec.ts'
import { folderThreadFile } from './program.ts'
import type { ToFolder } from './shared-folder/folder-messages.ts'
import type { FolderBeginning } from './shared-folder/folder-thread.ts'
import type { SharedFolder } from './shared-folder/session.ts'
import { isSharedFolderThere } from './shared-folder-check.ts'

/** The thread of a machine's shared folder, seen from main. */
export interface FolderThread {
  /** What the machine's thread asks it by. */
  readonly port: MessagePort
  share(folder: SharedFolder | null): void
  /** Ends it. Nobody waits: what its folder's network does not answer can hold it for minutes. */
  end(): void
}

export function startFolderThread(folder: SharedFolder | null, failed: (error: unknown) => void): FolderThread {
  const { port1, port2 } = new MessageChannel()
  const workerData: FolderBeginning = { port: port2, folder }
  const worker = new Worker(folderThreadFile, { workerData, transferList: [port2], name: 'berth shared folder' })
  worker.on('error', failed)
  return {
    port: port1,
    share: (next) => worker.postMessage({ kind: 'share', folder: next } satisfies ToFolder),
    end: () => void worker.terminate(),
  }
}

/** What a guest finds of the folder that was chosen: nothing, while that is not there. */
export async function presentFolder(chosen: ChosenFolder | null): Promise<SharedFolder | null> {
  if (chosen === null || !(await isSharedFolderThere(chosen))) return null
  return { path: chosen.path, isWritable: !chosen.readOnly }
}
