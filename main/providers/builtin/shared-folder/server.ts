import { attach, clunk, flush, unsupported, version, walk } from './attach.ts'
import { getattr, setattr, statfs } from './attributes.ts'
import { MessageReader, MessageWriter } from './codec.ts'
import { link, mkdir, mknod, readdir, readlink, remove, rename, renameat, symlink, unlinkat } from './entries.ts'
import { errnoOf, Refusal } from './errno.ts'
import { fsync, getlock, lcreate, lock, lopen, read, write } from './files.ts'
import { errorReply, headerBytes, request } from './protocol.ts'
import type { Operation, Session } from './session.ts'

const operations: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [request.statfs, statfs],
  [request.lopen, lopen],
  [request.lcreate, lcreate],
  [request.symlink, symlink],
  [request.mknod, mknod],
  [request.rename, rename],
  [request.readlink, readlink],
  [request.getattr, getattr],
  [request.setattr, setattr],
  [request.xattrwalk, unsupported],
  [request.xattrcreate, unsupported],
  [request.readdir, readdir],
  [request.fsync, fsync],
  [request.lock, lock],
  [request.getlock, getlock],
  [request.link, link],
  [request.mkdir, mkdir],
  [request.renameat, renameat],
  [request.unlinkat, unlinkat],
  [request.version, version],
  [request.auth, unsupported],
  [request.attach, attach],
  [request.flush, flush],
  [request.walk, walk],
  [request.read, read],
  [request.write, write],
  [request.clunk, clunk],
  [request.remove, remove],
])

/** Answers one request of the guest, whatever is in it: what cannot be done or understood is an answer with an error. */
export function answer(session: Session, message: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength)
  const tag = tagOf(bytes)
  try {
    if (bytes.length < headerBytes) throw new Refusal('EPROTO')
    const size = bytes.readUInt32LE(0)
    const kind = bytes.readUInt8(4)
    if (size < headerBytes || size > bytes.length || size > session.messageBytes) throw new Refusal('EPROTO')
    const operation = operations.get(kind)
    if (operation === undefined) throw new Refusal('EOPNOTSUPP')
    const reply = new MessageWriter()
    operation(session, new MessageReader(bytes.subarray(0, size)), reply)
    return reply.finish(kind + 1, tag)
  } catch (error) {
    return new MessageWriter().u32(errnoOf(error)).finish(errorReply, tag)
  }
}

/** Of a message that is too short as well: the guest gets an answer by what there is of it. */
export function tagOf(bytes: Uint8Array): number {
  return (bytes[5] ?? 0) | ((bytes[6] ?? 0) << 8)
}
