import type { BigIntStats } from 'node:fs'
import type { MessageReader, MessageWriter, Qid } from './codec.ts'
import { Refusal } from './errno.ts'
import { OpenedFile } from './opened-file.ts'
import { basicAttributes, entryKind, fileSystemKind, maxNameBytes, modeKinds, qidKind, setFlag } from './protocol.ts'
import { type Operation, requireWritable } from './session.ts'

const permissions = 0o777
const nanosecondsPerSecond = 1_000_000_000n

/** Two file systems below one folder may number alike: theirs goes into the number's upper bits. */
export function qidOf(stats: BigIntStats): Qid {
  return {
    kind: stats.isDirectory() ? qidKind.directory : stats.isSymbolicLink() ? qidKind.link : qidKind.file,
    version: Number(BigInt.asUintN(32, stats.mtimeNs ^ (stats.size << 8n))),
    path: BigInt.asUintN(64, stats.ino ^ (stats.dev << 48n)),
  }
}

export function entryKindOf(stats: BigIntStats): number {
  if (stats.isDirectory()) return entryKind.directory
  if (stats.isSymbolicLink()) return entryKind.link
  if (stats.isFIFO()) return entryKind.fifo
  if (stats.isSocket()) return entryKind.socket
  if (stats.isBlockDevice()) return entryKind.block
  return stats.isCharacterDevice() ? entryKind.character : entryKind.file
}

export const getattr: Operation = ({ fids, tree }, request, reply) => {
  const { path, opened } = fids.get(request.u32())
  const stats = opened instanceof OpenedFile ? opened.stats() : tree().at(path, (node) => node.stats)
  putAttributes(reply, stats)
}

/** Everything belongs to the guest's root: whoever the owner is here means nothing there. Devices have no number. */
function putAttributes(reply: MessageWriter, stats: BigIntStats): void {
  const mode = Number(stats.mode) & (modeKinds | permissions)
  reply.u64(basicAttributes).qid(qidOf(stats)).u32(mode).u32(0).u32(0)
  reply.u64(stats.nlink).u64(0n).u64(stats.size).u64(stats.blksize).u64(blocksOf(stats))
  for (const time of [stats.atimeNs, stats.mtimeNs, stats.ctimeNs]) putTime(reply, time)
  putTime(reply, 0n)
  reply.u64(0n).u64(0n)
}

/** In units of 512 bytes; Windows does not say. */
function blocksOf({ blocks, size }: BigIntStats): bigint {
  return blocks > 0n || size === 0n ? blocks : (size + 511n) / 512n
}

function putTime(reply: MessageWriter, nanoseconds: bigint): void {
  const rest = ((nanoseconds % nanosecondsPerSecond) + nanosecondsPerSecond) % nanosecondsPerSecond
  reply.u64((nanoseconds - rest) / nanosecondsPerSecond).u64(rest)
}

export const setattr: Operation = (session, request) => {
  const { path, opened } = session.fids.get(request.u32())
  const valid = request.u32()
  const wants = (flag: number): boolean => (valid & flag) !== 0
  const mode = request.u32() & permissions
  const uid = request.u32()
  const gid = request.u32()
  const size = wants(setFlag.size) ? request.size() : Number(request.u64() * 0n)
  const atime = timeOf(request)
  const mtime = timeOf(request)
  requireWritable(session)
  // An owner cannot be kept; root, whose everything is, may be set again.
  if ((wants(setFlag.uid) && uid !== 0) || (wants(setFlag.gid) && gid !== 0)) throw new Refusal('EPERM')
  const isSized = wants(setFlag.size) && opened instanceof OpenedFile && opened.isWritable
  if (isSized) opened.truncate(size)
  if (!wants(setFlag.mode | setFlag.atime | setFlag.mtime) && (isSized || !wants(setFlag.size))) return
  session.tree().at(path, (node) => {
    if (wants(setFlag.size) && !isSized) {
      if (!node.stats.isFile()) throw new Refusal('EINVAL')
      node.setSize(size)
    }
    if (wants(setFlag.mode)) {
      if (node.stats.isSymbolicLink()) throw new Refusal('EOPNOTSUPP')
      node.setMode(mode)
    }
    if (!wants(setFlag.atime | setFlag.mtime)) return
    const now = Date.now() / 1000
    const time = (flag: number, givenFlag: number, given: number, before: bigint): number =>
      !wants(flag) ? Number(before) / 1e9 : wants(givenFlag) ? given : now
    node.setTimes(
      time(setFlag.atime, setFlag.atimeGiven, atime, node.stats.atimeNs),
      time(setFlag.mtime, setFlag.mtimeGiven, mtime, node.stats.mtimeNs),
    )
  })
}

/** In seconds, as Node sets them: a few hundred nanoseconds of today's times are lost. */
function timeOf(request: MessageReader): number {
  const whole = Number(BigInt.asIntN(64, request.u64()))
  return whole + Number(request.u64()) / 1e9
}

export const statfs: Operation = ({ fids, tree }, request, reply) => {
  const { path } = fids.get(request.u32())
  // A link's own file system cannot be asked for without following it.
  const { bsize, blocks, bfree, bavail, files, ffree } = tree().at(path, (node) =>
    node.stats.isDirectory() || node.stats.isFile() ? node.space() : tree().at([], (root) => root.space()),
  )
  reply.u32(fileSystemKind).u32(Number(bsize))
  for (const count of [blocks, bfree, bavail, files, ffree]) reply.u64(count)
  reply.u64(0n).u32(maxNameBytes)
}
