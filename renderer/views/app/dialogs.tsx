import type { ReactNode } from 'react'
import { useApp } from '../../store/store.ts'
import type { OpenDialog } from '../../store/ui.ts'
import { fetched } from './fetched.tsx'

export const CreateDialog = fetched(async () => (await import('../create/create-dialog.tsx')).CreateDialog)
const QuitDialog = fetched(async () => (await import('../quit/quit-dialog.tsx')).QuitDialog)
const LicensesDialog = fetched(async () => (await import('../settings/licenses-dialog.tsx')).LicensesDialog)
const TagDialog = fetched(async () => (await import('../machines/tag-dialog.tsx')).TagDialog)
export const MachineDialogs = fetched(async () => (await import('../machine/machine-dialogs.tsx')).MachineDialogs)
export const Palette = fetched(async () => (await import('../palette/palette.tsx')).Palette)

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
  'power',
])

/** What floats above the planes. One dialog at a time; each is fetched when first asked for. */
export function Dialogs(): ReactNode {
  const dialog = useApp((state) => state.ui.dialog)
  const isPaletteOpen = useApp((state) => state.ui.isPaletteOpen)
  return (
    <>
      {dialog?.kind === 'create' && <CreateDialog />}
      {dialog?.kind === 'quit' && <QuitDialog plan={dialog.plan} />}
      {dialog?.kind === 'tag' && <TagDialog machineIds={dialog.machineIds} />}
      {dialog?.kind === 'licenses' && <LicensesDialog />}
      {dialog !== null && isOfMachine.has(dialog.kind) && <MachineDialogs />}
      {isPaletteOpen && <Palette />}
    </>
  )
}
