import type { ReactNode } from 'react'
import { useApp } from '../../store/store.ts'
import { CloneDialog } from './clone-dialog.tsx'
import { CopyFilesDialog } from './copy-files-dialog.tsx'
import { DiscardDialog } from './discard-dialog.tsx'
import { ExportDialog } from './export-dialog.tsx'
import { LocateDialog } from './locate-dialog.tsx'
import { PowerDialog } from './power-dialog.tsx'
import { RemoveDialog } from './remove-dialog.tsx'
import { RenameDialog } from './rename-dialog.tsx'
import { RunCommandDialog } from './run-command-dialog.tsx'

/** The dialogs that change machines, wherever they are asked for. */
export function MachineDialogs(): ReactNode {
  const dialog = useApp((state) => state.ui.dialog)
  switch (dialog?.kind) {
    case 'remove':
      return <RemoveDialog machineIds={dialog.machineIds} />
    case 'clone':
      return <CloneDialog machineId={dialog.machineId} snapshotId={dialog.snapshotId} />
    case 'export':
      return <ExportDialog machineId={dialog.machineId} />
    case 'locate':
      return <LocateDialog machineId={dialog.machineId} />
    case 'copyFiles':
      return <CopyFilesDialog machineId={dialog.machineId} given={dialog.source ?? ''} />
    case 'runCommand':
      return <RunCommandDialog machineId={dialog.machineId} />
    case 'rename':
      return <RenameDialog machineId={dialog.machineId} />
    case 'power':
      return <PowerDialog verb={dialog.verb} machineIds={dialog.machineIds} />
    case 'discard':
      return <DiscardDialog machineId={dialog.machineId} />
    default:
      return null
  }
}
