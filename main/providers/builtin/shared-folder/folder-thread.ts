import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { resumeSession } from './kept-session.ts'
import { servant } from './serve-folder.ts'
import { createSession, type SharedFolder } from './session.ts'

/** What the thread of a shared folder is given when it is made. */
export interface FolderBeginning {
  readonly port: MessagePort
  readonly folder: SharedFolder | null
  /** Handles that the guest has already; null without any. */
  readonly session: Uint8Array | null
}

/**
 * One shared folder in a thread of its own. A network's folder can let a call wait for minutes: here that stops the guest's programs
 * that asked for it, and neither the machine nor Berth's other files.
 */
function main({ port, folder, session: kept }: FolderBeginning): void {
  const session = createSession(folder)
  if (kept !== null) resumeSession(session, kept)
  const hear = servant(session, port)
  port.on('message', hear)
  // Main, which knows what the person chose.
  parentPort?.on('message', hear)
}

main(workerData as FolderBeginning)
