import type { MachineId } from '../../../app/domain/ids.ts'
import type { Permission } from '../../../app/domain/permit.ts'
import type { ProviderInfo } from '../../../app/domain/provider.ts'
import type { Text } from '../../../app/messages/text.ts'
import { showControls } from '../../format/names.ts'
import { extensionOf, importable } from '../create/import-choices.ts'
import { fileName, guessFormat } from '../create/propose.ts'

/** What a dropped file sets in the form for a new machine. */
export type DropChange =
  | { readonly source: 'installer'; readonly isoPath: string }
  | { readonly source: 'image'; readonly imagePath: string }
  | { readonly source: 'file'; readonly filePath: string }

/** A machine that a file is dropped on. */
export interface DropMachine {
  readonly id: MachineId
  readonly name: string
  /** Whether files can be copied into the machine now. */
  readonly copyFiles: Permission
}

/** What lies under the pointer. */
export type DropTarget =
  /** A field for a path. */
  | { readonly kind: 'field' }
  /** The form for a new machine. */
  | { readonly kind: 'form' }
  /** Any other dialog: what was begun there would be lost. */
  | { readonly kind: 'dialog' }
  | { readonly kind: 'row'; readonly machine: DropMachine }
  /** A machine's page. */
  | { readonly kind: 'page'; readonly machine: DropMachine }
  | { readonly kind: 'window' }

export type DropResult =
  | { readonly kind: 'create'; readonly change: DropChange }
  | { readonly kind: 'copy'; readonly machineId: MachineId; readonly path: string }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'refused'; readonly reason: Text }

const refused = (reason: Text): DropResult => ({ kind: 'refused', reason })

/** What dropping these files does. A path is empty where the file has none, as a mail program's attachment. */
export function resolveDrop(
  paths: readonly string[],
  target: DropTarget,
  providers: readonly ProviderInfo[],
): DropResult {
  const [path, ...more] = paths
  if (more.length > 0) return refused({ key: 'explain.dropMany' })
  if (path === undefined || path === '') return refused({ key: 'explain.dropNoPath' })
  if (target.kind === 'field') return { kind: 'path', path }
  if (target.kind === 'dialog') return refused({ key: 'explain.dropDialog' })
  const change = changeOfDrop(path, providers)
  const create: DropResult | null = change === null ? null : { kind: 'create', change }
  if (target.kind !== 'row' && target.kind !== 'page') return create ?? refused(whyUnusable(path))
  const { id, copyFiles } = target.machine
  const copy: DropResult | null = copyFiles.kind === 'allowed' ? { kind: 'copy', machineId: id, path } : null
  // A row means its machine. A page may be the one that happens to be open: an image begins a machine there.
  const first = target.kind === 'row' ? (copy ?? create) : (create ?? copy)
  return first ?? refused(copyFiles.kind === 'allowed' ? whyUnusable(path) : copyFiles.reason)
}

/** By the end of the file's name: an installer, a whole machine or a disk; null for what no machine begins with. */
export function changeOfDrop(path: string, providers: readonly ProviderInfo[]): DropChange | null {
  const extension = extensionOf(path)
  if (extension === 'iso') return { source: 'installer', isoPath: path }
  if (importable(providers).includes(extension)) return { source: 'file', filePath: path }
  return guessFormat(path) === null ? null : { source: 'image', imagePath: path }
}

const packed = /^(?:xz|gz|tgz|bz2|zst|lz4|zip|7z|rar)$/
const ofTools = /^(?:ova|ovf|utm|vbox|vmx|vmcx|pvm)$/

function whyUnusable(path: string): Text {
  const params = { file: showControls(fileName(path)) }
  const extension = extensionOf(path)
  if (packed.test(extension)) return { key: 'explain.dropPacked', params }
  return { key: ofTools.test(extension) ? 'explain.dropNoTool' : 'explain.dropUnknown', params }
}

/** What the window says while files are held over the target. */
export function dropHint(target: DropTarget): Text {
  switch (target.kind) {
    case 'field':
      return { key: 'drop.path' }
    case 'dialog':
      return { key: 'explain.dropDialog' }
    case 'row':
      if (target.machine.copyFiles.kind === 'allowed')
        return { key: 'drop.copy', params: { name: target.machine.name } }
      return { key: 'drop.here' }
    case 'page':
      if (target.machine.copyFiles.kind === 'allowed')
        return { key: 'drop.hereOrCopy', params: { name: target.machine.name } }
      return { key: 'drop.here' }
    case 'form':
    case 'window':
      return { key: 'drop.here' }
  }
}
