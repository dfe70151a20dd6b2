import { realpathSync } from 'node:fs'
import type { MessageReader, MessageWriter } from './codec.ts'
import { Refusal } from './errno.ts'
import { FidTable } from './fids.ts'
import type { Listing } from './listing.ts'
import type { OpenedFile } from './opened-file.ts'
import { maxMessageBytes } from './protocol.ts'
import { openTree, type Tree } from './tree.ts'

export interface SharedFolder {
  readonly path: string
  readonly isWritable: boolean
}

/** Handles cost memory only; each opened file costs one of the process's descriptors, and a folder two. */
const limits = { fids: 8192, opened: 256 }

/** What one guest knows of the folder. */
export interface Session {
  readonly fids: FidTable<OpenedFile | Listing>
  readonly platform: NodeJS.Platform
  readonly isWritable: boolean
  messageBytes: number
  /** The folder's tree; fails as long as the folder is not there. */
  tree(): Tree
  /** Another folder, or none, takes its place, for a guest that has it mounted, too. */
  share(folder: SharedFolder | null): void
}

/** Carries out one request: takes it apart and puts the answer together. */
export type Operation = (session: Session, request: MessageReader, reply: MessageWriter) => void

export function createSession(shared: SharedFolder | null, open: (root: string) => Tree = openTree): Session {
  let folder = shared
  let tree: Tree | null = null
  return {
    fids: new FidTable(limits),
    platform: process.platform,
    get isWritable() {
      return folder?.isWritable === true
    },
    messageBytes: maxMessageBytes,
    tree() {
      if (folder === null) throw new Refusal('ENOENT')
      // Links in the path of the folder are the person's. From here on it is this folder and no other that comes to stand there.
      tree ??= open(realpathSync(folder.path))
      return tree
    },
    share(next) {
      if (next?.path !== folder?.path) {
        // The guest's handles are places, which the other may have, too. What was opened in the one before is not there.
        this.fids.closeOpened((opened) => opened.gone())
        tree = null
      }
      folder = next
    },
  }
}

export function requireWritable({ isWritable }: Session): void {
  if (!isWritable) throw new Refusal('EROFS')
}
