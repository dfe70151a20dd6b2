import type { MachineId } from '../../../app/domain/ids.ts'
import { isOff } from '../../../app/domain/machine.ts'
import { type PermitContext, permit } from '../../../app/domain/permit.ts'
import type { Verb } from '../../../app/domain/verbs.ts'
import { openTerminal } from '../../actions/consoles.ts'
import * as machines from '../../actions/machines.ts'
import { openDialog, openMachine } from '../../actions/navigate.ts'
import { undoRestore } from '../../actions/snapshots.ts'
import type { IconName } from '../../components/icon.tsx'
import type { MenuEntry } from '../../components/menu.tsx'
import { isMac } from '../../keyboard/platform.ts'
import { type Command, shortcutText } from '../../keyboard/shortcuts.ts'
import type { SayFunction } from '../../say.tsx'
import { snapshotStore } from '../../store/snapshots.ts'
import { setUi } from '../../store/store.ts'
import { deleteMachines } from './delete-machines.ts'
import { offeredVerbKey } from './power-verbs.ts'

export const verbIcons: Readonly<Record<Verb, IconName>> = {
  start: 'play',
  shutDown: 'stop',
  powerOff: 'plug',
  reset: 'refresh',
  restart: 'refresh',
  pause: 'pause',
  resume: 'play',
  suspend: 'moon',
  discardSuspended: 'trash',
  console: 'screen',
  terminal: 'terminal',
  snapshot: 'snapshot-add',
  restore: 'undo',
  undoRestore: 'undo',
  clone: 'branch',
  export: 'upload',
  copyFiles: 'copy',
  runCommand: 'terminal',
  locate: 'folder',
  rename: 'edit',
  configure: 'gear',
  remove: 'trash',
}

const shortcutOf: Readonly<Partial<Record<Verb, Command>>> = {
  start: 'start',
  resume: 'start',
  shutDown: 'shutDown',
  snapshot: 'snapshot',
  undoRestore: 'undoRestore',
  terminal: 'terminal',
}

/** Keys of the list's rows that are no shortcuts of the window. */
const rowKeys: Readonly<Partial<Record<Verb, string>>> = {
  console: isMac ? '↩' : 'Enter',
  rename: 'F2',
  remove: isMac ? '⌘⌫' : 'Delete',
}

/**
 * Does the verb, or opens what asks for the rest of it. Whether it may be done was asked before. Taking a snapshot needs the
 * machine's page on screen: its popover opens there.
 */
export function doVerb(verb: Verb, id: MachineId): void {
  void doers[verb](id)
}

const doers: Readonly<Record<Verb, (id: MachineId) => unknown>> = {
  start: machines.startMachine,
  shutDown: machines.shutDownMachine,
  powerOff: (id) => openDialog({ kind: 'power', verb: 'powerOff', machineIds: [id] }),
  reset: (id) => openDialog({ kind: 'power', verb: 'reset', machineIds: [id] }),
  restart: machines.restartMachine,
  pause: machines.pauseMachine,
  resume: machines.resumeMachine,
  suspend: machines.suspendMachine,
  discardSuspended: (machineId) => openDialog({ kind: 'discard', machineId }),
  console: (id) => openMachine(id, 'console'),
  terminal: openTerminal,
  snapshot: (machineId) => {
    openMachine(machineId)
    setUi({ request: { kind: 'takeSnapshot', machineId } })
  },
  restore: (id) => openMachine(id, 'snapshots'),
  undoRestore: (id) => {
    const newest = snapshotStore.getState().byMachine.get(id)?.tree?.restores[0]
    return newest === undefined ? openMachine(id, 'snapshots') : undoRestore(id, newest.id)
  },
  clone: (machineId) => openDialog({ kind: 'clone', machineId, snapshotId: null }),
  copyFiles: (machineId) => openDialog({ kind: 'copyFiles', machineId }),
  runCommand: (machineId) => openDialog({ kind: 'runCommand', machineId }),
  export: (machineId) => openDialog({ kind: 'export', machineId }),
  locate: (machineId) => openDialog({ kind: 'locate', machineId }),
  rename: (machineId) => openDialog({ kind: 'rename', machineId }),
  configure: (id) => openMachine(id, 'settings'),
  remove: (id) => deleteMachines([id]),
}

/** Verbs as a menu shows them: those that cannot be done now, or ever, say why. */
export function verbEntries(
  verbs: readonly Verb[],
  context: PermitContext,
  say: SayFunction,
): readonly Extract<MenuEntry, { kind: 'item' }>[] {
  const { machine } = context
  return verbs.map((verb) => {
    const permission = permit(verb, context)
    const command = shortcutOf[verb]
    return {
      kind: 'item',
      id: verb,
      label: say(offeredVerbKey(verb, machine)),
      icon: verbIcons[verb],
      shortcut: command === undefined ? rowKeys[verb] : shortcutText(command, isMac),
      reason: permission.kind === 'allowed' ? null : say(permission.reason),
      isDanger: verb === 'remove' || verb === 'powerOff',
      choose: () => doVerb(verb, machine.id),
    }
  })
}

/** The relatives of Shut down, behind its arrow. What its provider never does stands in the machine's menu, with why. */
export function stopEntries(context: PermitContext, say: SayFunction): readonly MenuEntry[] {
  const had = (verbs: readonly Verb[]): readonly MenuEntry[] =>
    verbEntries(
      verbs.filter((verb) => permit(verb, context).kind !== 'absent' && isOfThisState(verb, context)),
      context,
      say,
    )
  return [...had(['restart', 'pause', 'suspend']), { kind: 'separator', id: 'harsh' }, ...had(['reset', 'powerOff'])]
}

/** The menu's order: what opens, what changes power, what keeps, what changes the machine itself, what ends it. */
const blocks: readonly (readonly Verb[])[] = [
  ['console', 'terminal', 'copyFiles', 'runCommand'],
  ['start', 'resume', 'shutDown', 'restart', 'pause', 'suspend', 'reset', 'powerOff', 'discardSuspended'],
  ['snapshot', 'clone', 'export', 'locate', 'rename', 'configure'],
  ['remove'],
]

/**
 * Everything there is to do with one machine. The opposite of its state is left out (a stopped machine is not paused); what
 * its provider never does stands last, with why.
 */
export function machineEntries(context: PermitContext, say: SayFunction): readonly MenuEntry[] {
  const isAbsent = (verb: Verb): boolean => permit(verb, context).kind === 'absent'
  const shown = blocks.map((block) => block.filter((verb) => !isAbsent(verb) && isOfThisState(verb, context)))
  const absent = blocks.flat().filter((verb) => isAbsent(verb) && isOfThisState(verb, context))
  return [...shown, absent]
    .filter((block) => block.length > 0)
    .flatMap((block, index) => [
      ...(index === 0 ? [] : [{ kind: 'separator' as const, id: `before-${block[0]}` }]),
      ...verbEntries(block, context, say),
    ])
}

function isOfThisState(verb: Verb, { machine: { state, lostFile } }: PermitContext): boolean {
  switch (verb) {
    case 'start':
      return state !== 'running' && state !== 'paused'
    case 'resume':
      return state === 'paused'
    case 'pause':
      return !isOff(state) && state !== 'paused'
    case 'shutDown':
    case 'restart':
    case 'suspend':
    case 'reset':
      return !isOff(state)
    case 'powerOff':
      return !isOff(state) || state === 'crashed'
    case 'discardSuspended':
      return state === 'suspended'
    case 'locate':
      return lostFile !== null
    default:
      return true
  }
}
