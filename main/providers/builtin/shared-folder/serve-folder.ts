import type { MessagePort } from 'node:worker_threads'
import type { FromFolder, ToFolder } from './folder-messages.ts'
import { keepSession, resumeSession } from './kept-session.ts'
import { answer } from './server.ts'
import type { Session } from './session.ts'

/** Carries out what comes for a session, from either side; answers go to the machine's. */
export function servant(session: Session, machine: MessagePort): (message: ToFolder) => void {
  const send = (message: FromFolder): void => {
    const bytes = message instanceof Uint8Array ? message : message.session
    machine.postMessage(message, [bytes.buffer as ArrayBuffer])
  }
  return (message) => {
    if (message instanceof Uint8Array) send(answer(session, message))
    else if (message.kind === 'share') session.share(message.folder)
    else if (message.kind === 'reset') session.fids.clear()
    else if (message.kind === 'keep') send({ kind: 'kept', session: keepSession(session) })
    else resumeSession(session, message.session)
  }
}
