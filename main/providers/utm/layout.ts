import { join } from 'node:path'

/** Berth's own folder for this provider: only what is in the trash, and what is on its way there or back. */
export interface Layout {
  readonly trash: string
  /** One removed machine: a note about it, and its bundle under its own name. */
  removed(trashId: string): { readonly path: string; readonly note: string }
}

export function layoutOf(dataDir: string): Layout {
  const trash = join(dataDir, 'trash')
  return {
    trash,
    removed(trashId) {
      const path = join(trash, trashId)
      return { path, note: join(path, 'removed.json') }
    },
  }
}
