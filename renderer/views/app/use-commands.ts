import { useEffect } from 'react'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Verb } from '../../../app/domain/verbs.ts'
import { closeTerminal, splitTerminals, stepTerminal, toggleDock } from '../../actions/consoles.ts'
import { openDialog, openMachine, showView, toggleSidebar } from '../../actions/navigate.ts'
import { zoomText } from '../../actions/settings.ts'
import { handleCommand, isCommand, listenForShortcuts, runCommand } from '../../keyboard/commands.ts'
import type { Command } from '../../keyboard/shortcuts.ts'
import { onMenuChosen } from '../../store/connect.ts'
import { consoles } from '../../store/consoles.ts'
import { permissionOf } from '../../store/selectors.ts'
import { setUi, store } from '../../store/store.ts'
import { detailTabs } from '../../store/ui.ts'
import { runVerb } from '../machines/verb-entries.ts'
import { focusPane } from './panes.ts'
import type { Layout } from './use-layout.ts'

/** What the window's shortcuts do, and the native menu's choices with them. */
export function useCommands(layout: Layout): void {
  const { hasSidebar } = layout
  useEffect(() => {
    const offs = [
      ...Object.entries(windowCommands).map(([command, run]) => handleCommand(command as Command, run)),
      handleCommand('sidebar', () => toggleSidebar(hasSidebar)),
      listenForShortcuts(),
      onMenuChosen((item) => {
        if (isCommand(item)) runCommand(item)
        else if (item === 'firstRun') showView('first-run')
      }),
    ]
    return () => {
      for (const off of offs) off()
    }
  }, [hasSidebar])
}

const windowCommands: Readonly<Partial<Record<Command, () => void>>> = {
  palette: () => setUi((ui) => ({ isPaletteOpen: !ui.isPaletteOpen })),
  create: () => openDialog({ kind: 'create' }),
  settings: () => showView('settings'),
  zoomLarger: () => zoomText(1),
  zoomSmaller: () => zoomText(-1),
  zoomReset: () => zoomText(0),
  nextPane: () => focusPane(1),
  previousPane: () => focusPane(-1),
  start: () => doToSelected(['resume', 'start']),
  shutDown: () => doToSelected(['shutDown']),
  snapshot: () => doToSelected(['snapshot']),
  undoRestore: () => doToSelected(['undoRestore']),
  terminal: () => doToSelected(['terminal']),
  dock: toggleDock,
  nextTerminal: () => stepTerminal(1),
  previousTerminal: () => stepTerminal(-1),
  splitTerminal: splitTerminals,
  closeTerminal: () => {
    const { active, isDockOpen } = consoles.getState()
    if (active !== null && isDockOpen) void closeTerminal(active)
  },
  overview: () => openTab(0),
  console: () => openTab(1),
  snapshots: () => openTab(2),
  configure: () => openTab(3),
  activity: () => openTab(4),
}

function onlySelected(): MachineId | null {
  const [only = null, ...more] = store.getState().ui.selection
  return more.length === 0 ? only : null
}

/** The first of the verbs that is permitted, on each selected machine; what is refused shows its reason in the menus. */
function doToSelected(verbs: readonly Verb[]): void {
  const state = store.getState()
  const ids = verbs.length === 1 && verbs[0] !== 'shutDown' ? [onlySelected()] : state.ui.selection
  for (const id of ids) {
    if (id === null) continue
    const verb = verbs.find((known) => permissionOf(known, id)(state).kind === 'allowed')
    if (verb !== undefined) runVerb(verb, id)
  }
}

function openTab(index: number): void {
  const id = onlySelected()
  const tab = detailTabs[index]
  if (id !== null && tab !== undefined) openMachine(id, tab)
}
