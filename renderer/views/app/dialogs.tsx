import { lazy, type ReactNode, Suspense } from 'react'
import { useApp } from '../../store/store.ts'
import type { OpenDialog } from '../../store/ui.ts'

const CreateDialog = lazy(async () => ({ default: (await import('../create/create-dialog.tsx')).CreateDialog }))
const QuitDialog = lazy(async () => ({ default: (await import('../quit/quit-dialog.tsx')).QuitDialog }))
const TagDialog = lazy(async () => ({ default: (await import('../machines/tag-dialog.tsx')).TagDialog }))
const MachineDialogs = lazy(async () => ({
  default: (await import('../machine/machine-dialogs.tsx')).MachineDialogs,
}))
/** Fetches the palette; it then opens at once. */
export const loadPalette = async () => ({ default: (await import('../palette/palette.tsx')).Palette })
const Palette = lazy(loadPalette)

/** Those that change machines, drawn by one component. */
const isOfMachine: ReadonlySet<OpenDialog['kind']> = new Set([
  'remove',
  'clone',
  'export',
  'locate',
  'copyFiles',
  'runCommand',
  'rename',
  'discard',
])

/** What floats above the planes. One dialog at a time; each is fetched when first asked for. */
export function Dialogs(): ReactNode {
  const dialog = useApp((state) => state.ui.dialog)
  const isPaletteOpen = useApp((state) => state.ui.isPaletteOpen)
  return (
    <Suspense fallback={null}>
      {dialog?.kind === 'create' && <CreateDialog />}
      {dialog?.kind === 'quit' && <QuitDialog plan={dialog.plan} />}
      {dialog?.kind === 'tag' && <TagDialog machineIds={dialog.machineIds} />}
      {dialog !== null && isOfMachine.has(dialog.kind) && <MachineDialogs />}
      {isPaletteOpen && <Palette />}
    </Suspense>
  )
}
