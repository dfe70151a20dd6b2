import { linkSync, lstatSync, mkdirSync, readlinkSync, renameSync, rmdirSync, symlinkSync, unlinkSync } from 'node:fs'
import { entryKindOf, qidOf } from './attributes.ts'
import { entryBytes, type MessageReader } from './codec.ts'
import { Refusal } from './errno.ts'
import type { Fid } from './fids.ts'
import { createEmpty } from './files.ts'
import { checkTarget } from './links.ts'
import { Listing } from './listing.ts'
import { moveKeepsLinksInside } from './moved-links.ts'
import { below, isDotDot, isIn, type Path } from './names.ts'
import type { OpenedFile } from './opened-file.ts'
import { dataHeaderBytes, modeKinds, modeOfFile, unlinkDirectoryFlag } from './protocol.ts'
import { type Operation, requireWritable, type Session } from './session.ts'
import type { Folder } from './tree.ts'

const permissions = 0o777

function splitPath(path: Path): { readonly folder: Path; readonly name: Buffer } {
  const name = path.at(-1)
  // The shared folder itself: its name is not the guest's.
  if (name === undefined) throw new Refusal('EBUSY')
  return { folder: path.slice(0, -1), name }
}

/** The place of an entry that a request names by its folder's handle and its name. */
function entryPath(session: Session, request: MessageReader): Path {
  const { path } = session.fids.get(request.u32())
  return below(path, request.text(), session.platform)
}

/** Does something to one entry of a folder. */
function inFolder<T>(session: Session, path: Path, job: (folder: Folder, name: Buffer) => T): T {
  const { folder, name } = splitPath(path)
  return session.tree().within(folder, (within) => job(within, name))
}

export const readdir: Operation = (session, request, reply) => {
  const { path, opened } = session.fids.get(request.u32())
  const offset = request.size()
  const end = dataHeaderBytes + Math.min(request.u32(), session.messageBytes - dataHeaderBytes)
  if (!(opened instanceof Listing)) throw new Refusal(opened === null ? 'EBADF' : 'ENOTDIR')
  const tree = session.tree()
  opened.seek(tree, path, offset)
  reply.u32(0)
  tree.within(path, (folder) => {
    for (let name = opened.next(tree, path); name !== null; name = opened.next(tree, path)) {
      if (reply.length + entryBytes(name) > end) {
        opened.putBack(name)
        return
      }
      const stats = statsOf(folder, name)
      // Removed meanwhile.
      if (stats === undefined) continue
      reply.qid(qidOf(stats)).u64(BigInt(opened.position)).u8(entryKindOf(stats)).text(name)
    }
  })
  reply.setCount()

  function statsOf(folder: Folder, name: Buffer) {
    if (name.equals(dot)) return tree.at(path, ({ stats }) => stats)
    if (isDotDot(name)) return tree.at(path.slice(0, -1), ({ stats }) => stats)
    return lstatSync(folder.entry(name), { bigint: true, throwIfNoEntry: false })
  }
}

const dot = Buffer.from('.')

export const mkdir: Operation = (session, request, reply) => {
  const path = entryPath(session, request)
  const mode = request.u32() & permissions
  requireWritable(session)
  reply.qid(
    inFolder(session, path, (folder, name) => {
      mkdirSync(folder.entry(name), mode)
      return qidOf(lstatSync(folder.entry(name), { bigint: true }))
    }),
  )
}

export const symlink: Operation = (session, request, reply) => {
  const path = entryPath(session, request)
  const target = request.text()
  requireWritable(session)
  checkTarget(target, path.length - 1, session.platform)
  reply.qid(
    inFolder(session, path, (folder, name) => {
      symlinkSync(target, folder.entry(name))
      return qidOf(lstatSync(folder.entry(name), { bigint: true }))
    }),
  )
}

export const readlink: Operation = (session, request, reply) => {
  const { path } = session.fids.get(request.u32())
  reply.text(inFolder(session, path, (folder, name) => readlinkSync(folder.entry(name), { encoding: 'buffer' })))
}

export const link: Operation = (session, request) => {
  const { path: folderPath } = session.fids.get(request.u32())
  const { path: from } = session.fids.get(request.u32())
  const to = below(folderPath, request.text(), session.platform)
  requireWritable(session)
  const source = splitPath(from)
  session.tree().within(source.folder, (within) => {
    const existing = within.entry(source.name)
    // A link under a second name could lead out from there.
    if (!lstatSync(existing).isFile()) throw new Refusal('EPERM')
    inFolder(session, to, (folder, name) => linkSync(existing, folder.entry(name)))
  })
}

/** Devices, pipes and sockets are not made on the host. */
export const mknod: Operation = (session, request, reply) => {
  const path = entryPath(session, request)
  const mode = request.u32()
  requireWritable(session)
  if ((mode & modeKinds) !== modeOfFile && (mode & modeKinds) !== 0) throw new Refusal('EPERM')
  createEmpty(session, path, mode)
  reply.qid(session.tree().at(path, ({ stats }) => qidOf(stats)))
}

function move(session: Session, from: Path, to: Path): void {
  requireWritable(session)
  const source = splitPath(from)
  if (isIn(to, from) && to.length > from.length) throw new Refusal('EINVAL')
  const tree = session.tree()
  // A program that is told of two disks copies instead, and each link is looked at where it comes to be.
  if (to.length < from.length && !moveKeepsLinksInside(tree, from, to)) throw new Refusal('EXDEV')
  tree.within(source.folder, (within) =>
    inFolder(session, to, (folder, name) => renameSync(within.entry(source.name), folder.entry(name))),
  )
  session.fids.renamed(from, to)
}

export const renameat: Operation = (session, request) => {
  const from = entryPath(session, request)
  move(session, from, entryPath(session, request))
}

export const rename: Operation = (session, request) => {
  const { path: from } = session.fids.get(request.u32())
  move(session, from, entryPath(session, request))
}

export const unlinkat: Operation = (session, request) => {
  const path = entryPath(session, request)
  const isDirectory = (request.u32() & unlinkDirectoryFlag) !== 0
  requireWritable(session)
  inFolder(session, path, (folder, name) => unlink(folder, name, isDirectory))
}

/** The handle is given up whatever comes of it. */
export const remove: Operation = (session, request) => {
  const number = request.u32()
  const { path }: Fid<OpenedFile | Listing> = session.fids.get(number)
  try {
    requireWritable(session)
    inFolder(session, path, (folder, name) => unlink(folder, name, lstatSync(folder.entry(name)).isDirectory()))
  } finally {
    session.fids.remove(number)
  }
}

function unlink(folder: Folder, name: Buffer, isDirectory: boolean): void {
  const entry = folder.entry(name)
  // Some systems say something else of a folder, or let root unlink it.
  if (!isDirectory && lstatSync(entry).isDirectory()) throw new Refusal('EISDIR')
  if (isDirectory) rmdirSync(entry)
  else unlinkSync(entry)
}
