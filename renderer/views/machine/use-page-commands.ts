import { useEffect } from 'react'
import { type PermitContext, permit } from '../../../app/domain/permit.ts'
import type { RestoreRecord } from '../../../app/domain/snapshot.ts'
import { setTab } from '../../actions/navigate.ts'
import { undoRestore } from '../../actions/snapshots.ts'
import { handleCommand } from '../../keyboard/commands.ts'
import type { Command } from '../../keyboard/shortcuts.ts'
import type { DetailTab } from '../../store/ui.ts'
import { doVerb } from './verbs.ts'

const tabCommands: Readonly<Record<DetailTab, Command>> = {
  overview: 'overview',
  console: 'console',
  snapshots: 'snapshots',
  settings: 'configure',
  activity: 'activity',
}

/** What the machine's page answers to while it shows: its tabs, taking a snapshot, undoing the newest restore. */
export function usePageCommands(
  context: PermitContext,
  tabs: readonly { readonly value: DetailTab; readonly reason: string | null }[],
  restore: RestoreRecord | null,
): void {
  const { machine } = context
  // Anew at each drawing: what a command does depends on all of it, and listening costs nothing.
  useEffect(() => {
    const handled = tabs
      .filter((tab) => tab.reason === null)
      .map((tab) => handleCommand(tabCommands[tab.value], () => setTab(machine.id, tab.value)))
    if (permit('snapshot', context).kind === 'allowed') {
      handled.push(handleCommand('snapshot', () => doVerb('snapshot', machine.id)))
    }
    if (restore !== null && permit('undoRestore', context).kind === 'allowed') {
      handled.push(handleCommand('undoRestore', () => void undoRestore(machine.id, restore.id)))
    }
    return () => {
      for (const takeBack of handled) takeBack()
    }
  })
}
