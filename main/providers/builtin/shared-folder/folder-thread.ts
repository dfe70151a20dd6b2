import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { FromFolder, ToFolder } from './folder-messages.ts'
import { keepSession, resumeSession } from './kept-session.ts'
import { answer } from './server.ts'
import { createSession, type SharedFolder } from './session.ts'

/** What the thread of a shared folder is given when it is made. */
export interface FolderBeginning {
  readonly port: MessagePort
  readonly folder: SharedFolder | null
}

/**
 * One shared folder in a thread of its own. A network's folder can let a call wait for minutes: here that stops the guest's programs
 * that asked for it, and neither the machine nor Berth's other files.
 */
function main({ port, folder }: FolderBeginning): void {
  const session = createSession(folder)
  const send = (message: FromFolder): void => {
    const bytes = message instanceof Uint8Array ? message : message.session
    port.postMessage(message, [bytes.buffer as ArrayBuffer])
  }
  const hear = (message: ToFolder): void => {
    if (message instanceof Uint8Array) send(answer(session, message))
    else if (message.kind === 'share') session.share(message.folder)
    else if (message.kind === 'reset') session.fids.clear()
    else if (message.kind === 'keep') send({ kind: 'kept', session: keepSession(session) })
    else resumeSession(session, message.session)
  }
  port.on('message', hear)
  // Main, which knows what the person chose.
  parentPort?.on('message', hear)
}

main(workerData as FolderBeginning)
