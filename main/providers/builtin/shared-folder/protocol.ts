/** 9P2000.L's requests by their numbers; the answer to each has the next number. */
export const request = {
  statfs: 8,
  lopen: 12,
  lcreate: 14,
  symlink: 16,
  mknod: 18,
  rename: 20,
  readlink: 22,
  getattr: 24,
  setattr: 26,
  xattrwalk: 30,
  xattrcreate: 32,
  readdir: 40,
  fsync: 50,
  lock: 52,
  getlock: 54,
  link: 70,
  mkdir: 72,
  renameat: 74,
  unlinkat: 76,
  version: 100,
  auth: 102,
  attach: 104,
  flush: 108,
  walk: 110,
  read: 116,
  write: 118,
  clunk: 120,
  remove: 122,
} as const

/** The answer that carries an error's number. */
export const errorReply = 7
export const protocolVersion = '9P2000.L'

/** Size, kind and tag in front of each message. */
export const headerBytes = 7
/** In front of the bytes of an answer to `read` and `readdir`: the header and a count. */
export const dataHeaderBytes = headerBytes + 4
/** What the client leaves room for beside the bytes of one read or write. */
export const ioHeaderBytes = 24

/** The longest message: what the client proposes, up to this. */
export const maxMessageBytes = 128 * 1024
export const minMessageBytes = 4096

export const qidKind = { file: 0, link: 0x02, directory: 0x80 } as const
/** Linux's numbers of kinds, as a directory's entries carry them. */
export const entryKind = { fifo: 1, character: 2, directory: 4, block: 6, file: 8, link: 10, socket: 12 } as const

/** Linux's numbers of what a file is opened with. */
export const openFlag = {
  writeOnly: 0o1,
  readWrite: 0o2,
  access: 0o3,
  exclusive: 0o200,
  truncate: 0o1000,
  append: 0o2000,
  directory: 0o200000,
} as const

/** Which attributes `setattr` is to set. */
export const setFlag = {
  mode: 0x1,
  uid: 0x2,
  gid: 0x4,
  size: 0x8,
  atime: 0x10,
  mtime: 0x20,
  ctime: 0x40,
  atimeGiven: 0x80,
  mtimeGiven: 0x100,
} as const

/** Mode to blocks: what `getattr` always answers. */
export const basicAttributes = 0x7ffn

export const unlinkDirectoryFlag = 0x200
export const lockGranted = 0
export const unlocked = 2
/** What Linux knows a 9P file system by. */
export const fileSystemKind = 0x01021997
export const maxNameBytes = 255

export const modeKinds = 0o170000
export const modeOfFile = 0o100000
