import type { MachineId, TaskId } from '../../app/domain/ids.ts'
import type { Annotation } from '../../app/domain/machine.ts'
import { noAnnotation } from '../../app/domain/machine.ts'
import type { ConfigureSpec } from '../../app/domain/spec.ts'
import type { RemovalPlan } from '../../app/domain/trash.ts'
import { store } from '../store/store.ts'
import { attempt, call } from './call.ts'

/** Where a failure of asking for something with this machine shows: on its page. */
export function placeOf(id: MachineId): string {
  return `machine:${id}`
}

type PowerVerb =
  | 'start'
  | 'shutDown'
  | 'powerOff'
  | 'reset'
  | 'restart'
  | 'pause'
  | 'resume'
  | 'suspend'
  | 'discardSuspended'

const powerAction =
  (verb: PowerVerb) =>
  (id: MachineId): Promise<TaskId | null> =>
    attempt(placeOf(id), () => call(`machine.${verb}`, { id }), verb)

// Each answers with the task that does it, or null when it was refused: the reason is then on the machine's page.
export const startMachine = powerAction('start')
export const shutDownMachine = powerAction('shutDown')
export const powerOffMachine = powerAction('powerOff')
export const resetMachine = powerAction('reset')
export const restartMachine = powerAction('restart')
export const pauseMachine = powerAction('pause')
export const resumeMachine = powerAction('resume')
export const suspendMachine = powerAction('suspend')
export const discardSuspended = powerAction('discardSuspended')

export const renameMachine = (id: MachineId, name: string): Promise<TaskId | null> =>
  attempt(placeOf(id), () => call('machine.rename', { id, name }), 'rename')

export const configureMachine = (id: MachineId, changes: ConfigureSpec): Promise<TaskId | null> =>
  attempt(placeOf(id), () => call('machine.configure', { id, changes }), 'configure')

/** Rejects: the export dialog shows what is wrong with the path at its field. */
export const exportMachine = (id: MachineId, path: string, format: string): Promise<TaskId> =>
  call('machine.export', { id, path, format })

/** Rejects: the dialog shows what is wrong with the path at its field. */
export const locateMachine = (id: MachineId, path: string, acknowledged: readonly string[]): Promise<TaskId> =>
  call('machine.locate', { id, path, acknowledged: [...acknowledged] })

/** These three reject: their dialogs show what is wrong at the field. */
export const sendFiles = (id: MachineId, path: string, folder: string): Promise<TaskId> =>
  call('machine.sendFiles', { id, path, folder })

export const fetchFiles = (id: MachineId, inside: string, path: string): Promise<TaskId> =>
  call('machine.fetchFiles', { id, inside, path })

export const runCommand = (id: MachineId, command: readonly string[]): Promise<TaskId> =>
  call('machine.runCommand', { id, command: [...command] })

export const checkMachine = (id: MachineId): Promise<void | null> =>
  attempt(placeOf(id), () => call('machine.check', { id }))

/** Rejects: the delete dialog shows the failure itself. */
export const removalPlan = (id: MachineId): Promise<RemovalPlan> => call('machine.removalPlan', { id })

export const removeMachine = (
  id: MachineId,
  volumes: readonly string[],
  typedName: string | null,
): Promise<TaskId | null> =>
  attempt(placeOf(id), () => call('machine.remove', { id, volumes: [...volumes], typedName }), 'remove')

export const annotateMachine = (id: MachineId, change: Partial<Annotation>): Promise<void | null> =>
  attempt(placeOf(id), () =>
    call('machine.annotate', {
      id,
      ...(change.pinned === undefined ? {} : { pinned: change.pinned }),
      ...(change.tags === undefined ? {} : { tags: [...change.tags] }),
      ...(change.note === undefined ? {} : { note: change.note }),
    }),
  )

/** Gives all of them the tag, leaving alone those that have it. */
export function addTag(ids: readonly MachineId[], tag: string): void {
  for (const id of ids) {
    const { tags } = store.getState().inventory.annotations[id] ?? noAnnotation
    if (!tags.includes(tag)) void annotateMachine(id, { tags: [...tags, tag] })
  }
}
