import type { ProviderInfo } from '../../../app/domain/provider.ts'
import { extensionOf, importable } from '../create/import-choices.ts'
import { guessFormat } from '../create/propose.ts'

/** What a dropped file sets in the form for a new machine. */
export type DropChange =
  | { readonly source: 'installer'; readonly isoPath: string }
  | { readonly source: 'image'; readonly imagePath: string }
  | { readonly source: 'file'; readonly filePath: string }

/** By the end of its name: an installer, a whole machine, or a disk; null for what no machine begins with. */
export function changeOfDrop(path: string, providers: readonly ProviderInfo[]): DropChange | null {
  const extension = extensionOf(path)
  if (extension === 'iso') return { source: 'installer', isoPath: path }
  if (importable(providers).includes(extension)) return { source: 'file', filePath: path }
  return guessFormat(path) === null ? null : { source: 'image', imagePath: path }
}
