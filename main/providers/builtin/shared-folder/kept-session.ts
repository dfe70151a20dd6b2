import { Listing } from './listing.ts'
import { below, type Path } from './names.ts'
import { OpenedFile } from './opened-file.ts'
import { maxMessageBytes, minMessageBytes, openFlag } from './protocol.ts'
import type { Session } from './session.ts'

interface KeptFid {
  readonly number: number
  /** Names are any bytes. */
  readonly path: readonly string[]
  readonly opened:
    | null
    | { readonly kind: 'file'; readonly flags: number; readonly dev: string; readonly ino: string }
    | { readonly kind: 'list'; readonly position: number }
}

interface KeptSession {
  readonly version: 1
  readonly messageBytes: number
  readonly fids: readonly KeptFid[]
}

/** What the guest's handles stand for, for a machine's kept memory: the guest in it goes on using them. */
export function keepSession({ messageBytes, fids }: Session): Uint8Array<ArrayBuffer> {
  const kept: KeptSession = {
    version: 1,
    messageBytes,
    fids: [...fids.entries()].map(([number, { path, opened }]) => ({
      number,
      path: path.map((name) => name.toString('base64')),
      opened:
        opened === null
          ? null
          : opened instanceof Listing
            ? { kind: 'list', position: opened.position }
            : { kind: 'file', flags: opened.flags, dev: `${opened.identity.dev}`, ino: `${opened.identity.ino}` },
    })),
  }
  return new Uint8Array(new TextEncoder().encode(JSON.stringify(kept)))
}

/** Takes the handles of a kept memory over. Where the file is another one by now, or gone, the guest is told so when it uses the handle. */
export function resumeSession(session: Session, bytes: Uint8Array): void {
  session.fids.clear()
  try {
    take(session, bytes)
  } catch {
    // Another Berth's: the guest is told that it has no handles.
    session.fids.clear()
  }
}

function take(session: Session, bytes: Uint8Array): void {
  const kept = JSON.parse(Buffer.from(bytes).toString()) as KeptSession
  session.messageBytes = Math.min(Math.max(kept.messageBytes, minMessageBytes), maxMessageBytes)
  for (const { number, path: names, opened } of kept.fids) {
    const path = names.reduce<Path>((folder, name) => below(folder, Buffer.from(name, 'base64'), session.platform), [])
    const fid = session.fids.add(number, path)
    if (opened?.kind === 'file') session.fids.open(fid, () => reopened(session, path, opened))
    if (opened?.kind === 'list') session.fids.open(fid, () => new Listing(opened.position))
  }
}

function reopened(
  session: Session,
  path: Path,
  { flags, dev, ino }: Extract<KeptFid['opened'], { readonly kind: 'file' }>,
): OpenedFile {
  const identity = { dev: BigInt(dev), ino: BigInt(ino) }
  const gone = new OpenedFile(null, flags, identity)
  // Set to read-only meanwhile, it is opened so; what the guest may do is asked for each write.
  const wanted = session.isWritable ? flags & ~openFlag.truncate : 0
  try {
    return session.tree().at(path, (node) => {
      if (node.stats.ino !== identity.ino || node.stats.dev !== identity.dev) return gone
      return OpenedFile.open(node, wanted)
    })
  } catch {
    return gone
  }
}
