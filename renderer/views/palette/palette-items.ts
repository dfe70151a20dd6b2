import type { MachineId } from '../../../app/domain/ids.ts'
import type { Machine } from '../../../app/domain/machine.ts'
import { type Verb, verbs } from '../../../app/domain/verbs.ts'
import type { MessageKey, TextParams } from '../../../app/messages/text.ts'
import type { Locale } from '../../../app/messages/write.ts'
import { openHostTerminal } from '../../actions/consoles.ts'
import { checkAll } from '../../actions/endpoints.ts'
import { chooseFilter, openDialog, openMachine, showView } from '../../actions/navigate.ts'
import { quitBerth } from '../../actions/quit.ts'
import { saveSettings } from '../../actions/settings.ts'
import type { IconName } from '../../components/icon.tsx'
import { type MarkName, machineMark } from '../../components/state-mark.tsx'
import { shortId } from '../../format/names.ts'
import { runCommand } from '../../keyboard/commands.ts'
import type { Command } from '../../keyboard/shortcuts.ts'
import { sayIn } from '../../say.tsx'
import { endpointOf, permissionOf, shownState, taskOfMachine } from '../../store/selectors.ts'
import type { State } from '../../store/store.ts'
import { type DetailTab, detailTabs } from '../../store/ui.ts'
import { isDisruptive, offeredVerbKey } from '../machine/power-verbs.ts'
import { doVerb, verbIcons } from '../machine/verbs.ts'

export interface PaletteItem {
  readonly id: string
  readonly section: 'with' | 'machines' | 'everywhere'
  readonly label: string
  /** The same in the other language: found by it too. */
  readonly otherWords: string
  readonly icon: IconName | null
  readonly mark: MarkName | null
  readonly command: Command | null
  /** At the end: the provider of a machine. */
  readonly end: string | null
  /** Why it cannot be done: it stays, last, and says so. */
  readonly reason: string | null
  /** Stops, changes or ends something: after all others, and never proposed by itself. */
  readonly isDisruptive: boolean
  /** A machine whose verbs Tab opens. */
  readonly machineId: MachineId | null
  readonly run: () => void
}

const verbShortcuts: Readonly<Partial<Record<Verb, Command>>> = {
  start: 'start',
  shutDown: 'shutDown',
  snapshot: 'snapshot',
  undoRestore: 'undoRestore',
  terminal: 'terminal',
}
const tabShortcuts: Readonly<Record<DetailTab, Command>> = {
  overview: 'overview',
  console: 'console',
  snapshots: 'snapshots',
  settings: 'configure',
  activity: 'activity',
}
const tabIcons: Readonly<Record<DetailTab, IconName>> = {
  overview: 'info',
  console: 'screen',
  snapshots: 'snapshot',
  settings: 'gear',
  activity: 'clock',
}

/** Writes a key in the person's language and, to be found by, in the other one. */
function writer(locale: Locale): (key: MessageKey, params?: TextParams) => { label: string; otherWords: string } {
  const [own, other] = [sayIn(locale), sayIn(locale === 'en' ? 'ko' : 'en')]
  return (key, params) => ({ label: own(key, params), otherWords: other(key, params) })
}

const nothing = {
  icon: null,
  mark: null,
  command: null,
  end: null,
  reason: null,
  isDisruptive: false,
  machineId: null,
} as const

/** What can be done with one machine: its verbs, each with the reason when not, and its tabs. What disrupts it comes last. */
export function machineItems(state: State, machine: Machine, locale: Locale): readonly PaletteItem[] {
  const words = writer(locale)
  const say = sayIn(locale)
  const isFitting = (verb: Verb): boolean => !(verb === 'resume' && machine.state !== 'paused')
  const ofVerbs = verbs.filter(isFitting).map((verb): PaletteItem => {
    const permission = permissionOf(verb, machine.id)(state)
    return {
      ...nothing,
      id: `verb:${verb}`,
      section: 'with',
      ...words(verb === 'restore' ? 'palette.restore' : offeredVerbKey(verb, machine)),
      icon: verbIcons[verb] ?? 'more',
      command: verbShortcuts[verb] ?? null,
      isDisruptive: isDisruptive(verb),
      reason: permission.kind === 'allowed' ? null : say(permission.reason),
      run: () => doVerb(verb, machine.id),
    }
  })
  const ofTabs = detailTabs.map((tab): PaletteItem => {
    const own = words(`palette.tab.${tab}`)
    return {
      ...nothing,
      id: `tab:${tab}`,
      section: 'with',
      label: say('palette.goTo', { name: own.label }),
      otherWords: own.otherWords,
      icon: tabIcons[tab],
      command: tabShortcuts[tab],
      run: () => openMachine(machine.id, tab),
    }
  })
  return [...ofVerbs.filter((item) => !item.isDisruptive), ...ofTabs, ...ofVerbs.filter((item) => item.isDisruptive)]
}

/** Every machine, to go to; Tab opens what can be done with it. */
export function allMachines(state: State): readonly PaletteItem[] {
  return [...state.inventory.machines.values()].map((machine) => ({
    ...nothing,
    id: `machine:${machine.id}`,
    section: 'machines',
    label: machine.name.trim() || shortId(machine.id),
    otherWords: machine.os ?? '',
    mark: machineMark(shownState(machine, taskOfMachine(machine.id)(state)), machine),
    end: endpointOf(machine.endpointId)(state)?.label ?? null,
    machineId: machine.id,
    run: () => openMachine(machine.id),
  }))
}

/** What belongs to no machine. */
export function everywhere(locale: Locale): readonly PaletteItem[] {
  const words = writer(locale)
  const item = (
    id: string,
    key: MessageKey,
    icon: IconName,
    run: () => void,
    command: Command | null = null,
  ): PaletteItem => ({ ...nothing, id, section: 'everywhere', ...words(key), icon, command, run })
  return [
    item('create', 'list.new', 'plus', () => openDialog({ kind: 'create' }), 'create'),
    item('all', 'nav.all', 'machines', () => chooseFilter(null, false)),
    ...(['running', 'paused', 'stopped', 'attention'] as const).map((group) =>
      item(`filter:${group}`, `nav.${group}`, 'sort', () => chooseFilter({ kind: 'state', group }, false)),
    ),
    item('table', 'palette.toggleTable', 'machines', () => void runCommand('table'), 'table'),
    item('sidebar', 'palette.toggleSidebar', 'sidebar', () => void runCommand('sidebar'), 'sidebar'),
    item('dock', 'palette.toggleDock', 'terminal', () => void runCommand('dock'), 'dock'),
    item('host', 'palette.hostTerminal', 'laptop', () => void openHostTerminal(null)),
    item('check', 'palette.checkAll', 'refresh', () => void checkAll()),
    item('trash', 'nav.trash', 'trash', () => showView('trash')),
    item('providers', 'nav.providers', 'plug', () => showView('providers')),
    item('settings', 'nav.settings', 'gear', () => showView('settings'), 'settings'),
    item('light', 'palette.lightTheme', 'info', () => void saveSettings({ theme: 'light' })),
    item('dark', 'palette.darkTheme', 'moon', () => void saveSettings({ theme: 'dark' })),
    item('system', 'palette.systemTheme', 'laptop', () => void saveSettings({ theme: 'system' })),
    item('firstRun', 'palette.firstRun', 'berth', () => showView('first-run')),
    { ...item('quit', 'palette.quit', 'close', () => void quitBerth()), isDisruptive: true },
  ]
}
