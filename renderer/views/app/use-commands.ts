import { useEffect } from 'react'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { Verb } from '../../../app/domain/verbs.ts'
import { closeTerminal, splitTerminals, stepTerminal, toggleDock } from '../../actions/consoles.ts'
import { openDialog, openMachine, showView, toggleSidebar } from '../../actions/navigate.ts'
import { zoomText } from '../../actions/settings.ts'
import { handleCommand, isCommand, listenForShortcuts, runCommand } from '../../keyboard/commands.ts'
import type { Command } from '../../keyboard/shortcuts.ts'
import { localeIn, sayIn } from '../../say.tsx'
import { onMenuChosen } from '../../store/connect.ts'
import { consoles } from '../../store/consoles.ts'
import { permissionOf } from '../../store/selectors.ts'
import { setUi, store } from '../../store/store.ts'
import { detailTabs } from '../../store/ui.ts'
import { doToMany, type ManyVerb, startOrResume } from '../machine/many-machines.ts'
import { doVerb } from '../machine/verbs.ts'
import { explainRefusal } from '../machines/explain-refusal.ts'
import { toggleTable } from '../machines/table-toggle.ts'
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
  start: () => doToSelected('start'),
  shutDown: () => doToSelected('shutDown'),
  snapshot: () => doToSelected('snapshot'),
  undoRestore: () => doToSelected('undoRestore'),
  terminal: () => doToSelected('terminal'),
  dock: toggleDock,
  nextTerminal: () => stepTerminal(1),
  previousTerminal: () => stepTerminal(-1),
  splitTerminal: splitTerminals,
  closeTerminal: () => {
    const { active, isDockOpen } = consoles.getState()
    if (active !== null && isDockOpen) void closeTerminal(active)
  },
  table: toggleTable,
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

/** A verb on what is selected, for those that permit it. Where none does, it says why: a key that does nothing explains nothing. */
function doToSelected(verb: Verb): void {
  const state = store.getState()
  const [only, ...more] = state.ui.selection
  if (only === undefined) return
  const ids = more.length === 0 || isForMany(verb) ? state.ui.selection : []
  const able = ids.filter((id) => permissionOf(startOrResume(verb, id), id)(state).kind === 'allowed')
  const [first] = able
  if (first === undefined) explainRefusal([verb], ids)
  else if (able.length === 1) doVerb(startOrResume(verb, first), first)
  else if (isForMany(verb)) doToMany(verb, able, sayIn(localeIn(state)))
}

function isForMany(verb: Verb): verb is ManyVerb {
  return verb === 'start' || verb === 'shutDown' || verb === 'snapshot'
}

function openTab(index: number): void {
  const id = onlySelected()
  const tab = detailTabs[index]
  if (id !== null && tab !== undefined) openMachine(id, tab)
}
