import { closeSync, constants, fstatSync, openSync } from 'node:fs'
import { qidOf } from './attributes.ts'
import type { MessageReader, MessageWriter } from './codec.ts'
import { Refusal } from './errno.ts'
import { Listing } from './listing.ts'
import { below } from './names.ts'
import { hostFlags, OpenedFile, wantsToWrite } from './opened-file.ts'
import { dataHeaderBytes, ioHeaderBytes, lockGranted, openFlag, unlocked } from './protocol.ts'
import { type Operation, requireWritable, type Session } from './session.ts'

/** Without set-user-ID and the like: what the guest writes is the person's here. */
const permissions = 0o777

export const lopen: Operation = (session, request, reply) => {
  const fid = session.fids.get(request.u32())
  const flags = request.u32()
  if (wantsToWrite(flags)) requireWritable(session)
  const tree = session.tree()
  tree.at(fid.path, (node) => {
    session.fids.open(fid, () => {
      if (!node.stats.isDirectory()) return OpenedFile.open(node, flags)
      if (wantsToWrite(flags)) throw new Refusal('EISDIR')
      return Listing.open(tree, fid.path)
    })
    putOpened(session, reply.qid(qidOf(node.stats)))
  })
}

/** The handle was the folder's and becomes the new file's. */
export const lcreate: Operation = (session, request, reply) => {
  const fid = session.fids.get(request.u32())
  const path = below(fid.path, request.text(), session.platform)
  const flags = request.u32()
  const mode = request.u32() & permissions
  requireWritable(session)
  const opened = session.fids.open(fid, () => create(session, path, flags, mode))
  fid.path = path
  putOpened(session, reply.qid(qidOf((opened as OpenedFile).stats())))
}

function create({ tree }: Session, path: readonly Buffer[], flags: number, mode: number): OpenedFile {
  const name = path.at(-1) as Buffer
  try {
    // A new file, or nothing: what stands there is not followed.
    const created = hostFlags(flags) | constants.O_CREAT | constants.O_EXCL
    const descriptor = tree().within(path.slice(0, -1), (folder) => openSync(folder.entry(name), created, mode))
    return new OpenedFile(descriptor, flags, fstatSync(descriptor, { bigint: true }))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || (flags & openFlag.exclusive) !== 0) throw error
    return tree().at(path, (node) => OpenedFile.open(node, flags))
  }
}

/** Makes an empty file, which is all that `mknod` may make. */
export function createEmpty({ tree }: Session, path: readonly Buffer[], mode: number): void {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL
  tree().within(path.slice(0, -1), (folder) =>
    closeSync(openSync(folder.entry(path.at(-1) as Buffer), flags, mode & permissions)),
  )
}

function putOpened({ messageBytes }: Session, reply: MessageWriter): void {
  reply.u32(messageBytes - ioHeaderBytes)
}

function openedFile({ fids }: Session, request: MessageReader): OpenedFile {
  const { opened } = fids.get(request.u32())
  if (opened instanceof Listing) throw new Refusal('EISDIR')
  if (opened === null) throw new Refusal('EBADF')
  return opened
}

export const read: Operation = (session, request, reply) => {
  const file = openedFile(session, request)
  const offset = request.size()
  const count = Math.min(request.u32(), session.messageBytes - dataHeaderBytes)
  reply.counted(count, (room) => file.read(room, offset))
}

export const write: Operation = (session, request, reply) => {
  const file = openedFile(session, request)
  const offset = request.size()
  const bytes = request.data(request.u32())
  requireWritable(session)
  if (!file.isWritable) throw new Refusal('EBADF')
  reply.u32(file.write(bytes, offset))
}

export const fsync: Operation = ({ fids }, request) => {
  const { opened } = fids.get(request.u32())
  const dataOnly = request.u32() !== 0
  if (opened instanceof OpenedFile) opened.sync(dataOnly)
}

/** Locks hold among the guest's own programs, for which its kernel sees to them; the host's programs see none. */
export const lock: Operation = (session, request, reply) => {
  openedFile(session, request)
  reply.u8(lockGranted)
}

export const getlock: Operation = (session, request, reply) => {
  openedFile(session, request)
  request.u8()
  reply.u8(unlocked).u64(request.u64()).u64(request.u64()).u32(request.u32()).text(request.text())
}
