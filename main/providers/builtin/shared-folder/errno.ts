/** Linux's numbers of errors, which 9P2000.L carries whatever system the host has. */
export const errno = {
  EPERM: 1,
  ENOENT: 2,
  EIO: 5,
  ENXIO: 6,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EBUSY: 16,
  EEXIST: 17,
  EXDEV: 18,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ETXTBSY: 26,
  EFBIG: 27,
  ENOSPC: 28,
  EROFS: 30,
  EMLINK: 31,
  ENAMETOOLONG: 36,
  ENOTEMPTY: 39,
  ELOOP: 40,
  EPROTO: 71,
  EILSEQ: 84,
  EOPNOTSUPP: 95,
  ENOTSUP: 95,
  ESTALE: 116,
  EDQUOT: 122,
} as const
export type ErrorName = keyof typeof errno

/** A request that is answered with an error. */
export class Refusal extends Error {
  constructor(readonly code: ErrorName) {
    super(code)
  }
}

/** The number for what went wrong: of a refusal, or of a call of the host's system. */
export function errnoOf(error: unknown): number {
  const { code } = error as { readonly code?: unknown }
  return typeof code === 'string' && Object.hasOwn(errno, code) ? errno[code as ErrorName] : errno.EIO
}
