import { lstatSync } from 'node:fs'
import { qidOf } from './attributes.ts'
import type { Qid } from './codec.ts'
import { Refusal } from './errno.ts'
import { below, isDotDot, type Path } from './names.ts'
import { maxMessageBytes, minMessageBytes, protocolVersion } from './protocol.ts'
import type { Operation, Session } from './session.ts'

const maxSteps = 16

/** A new session: all handles of the one before are given up. */
export const version: Operation = (session, request, reply) => {
  const messageBytes = request.u32()
  const isOurs = request.text().toString('latin1') === protocolVersion
  if (messageBytes < minMessageBytes) throw new Refusal('EINVAL')
  session.fids.clear()
  session.messageBytes = Math.min(messageBytes, maxMessageBytes)
  reply.u32(session.messageBytes).text(Buffer.from(isOurs ? protocolVersion : 'unknown'))
}

/** Whoever mounts the folder: the guest as a whole is let in, its users are its own affair. */
export const attach: Operation = (session, request, reply) => {
  const number = request.u32()
  session.fids.requireFree(number)
  const qid = session.tree().at([], ({ stats }) => qidOf(stats))
  session.fids.add(number, [])
  reply.qid(qid)
}

export const walk: Operation = (session, request, reply) => {
  const fid = session.fids.get(request.u32())
  const number = request.u32()
  const count = request.u16()
  if (count > maxSteps) throw new Refusal('EINVAL')
  const names = Array.from({ length: count }, () => request.text())
  if (fid.opened !== null && count > 0) throw new Refusal('EBADF')
  const isSame = session.fids.has(number, fid)
  if (!isSame) session.fids.requireFree(number)
  const { path, qids } = take(session, fid.path, names)
  // A way that ends too soon gives no handle, only how far it went.
  if (qids.length === count) {
    if (isSame) fid.path = path
    else session.fids.add(number, path)
  }
  reply.u16(qids.length)
  for (const qid of qids) reply.qid(qid)
}

function take(session: Session, from: Path, names: readonly Buffer[]): { readonly path: Path; readonly qids: Qid[] } {
  const qids: Qid[] = []
  let path = from
  for (const name of names) {
    try {
      // Above the shared folder is the shared folder.
      const next = isDotDot(name) ? path.slice(0, -1) : below(path, name, session.platform)
      qids.push(qidAt(session, next, isDotDot(name) ? null : name))
      path = next
    } catch (error) {
      if (qids.length === 0) throw error
      break
    }
  }
  return { path, qids }
}

function qidAt({ tree }: Session, path: Path, name: Buffer | null): Qid {
  if (name === null) return tree().at(path, ({ stats }) => qidOf(stats))
  return tree().within(path.slice(0, -1), (folder) => qidOf(lstatSync(folder.entry(name), { bigint: true })))
}

export const clunk: Operation = ({ fids }, request) => fids.remove(request.u32())

/** Requests are carried out one after another: what is to be given up has been answered already. */
export const flush: Operation = (_session, request) => {
  request.u16()
}

/** No extended attributes, and nobody has to prove who they are. */
export const unsupported: Operation = () => {
  throw new Refusal('EOPNOTSUPP')
}
