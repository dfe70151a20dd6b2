import { type Permission, type PermitContext, permit } from '../../../app/domain/permit.ts'
import type { Task, TaskVerb } from '../../../app/domain/task.ts'
import type { Verb } from '../../../app/domain/verbs.ts'

/** What stands in a machine's header, left to right. */
export type HeaderItem =
  /** A verb's button. `hasStopMenu`: with its harsher relatives behind an arrow. */
  | {
      readonly kind: 'verb'
      readonly verb: Verb
      readonly permission: Permission
      readonly isPrimary: boolean
      readonly hasStopMenu: boolean
    }
  /** Looks at the machine afresh. */
  | { readonly kind: 'check'; readonly isPrimary: boolean }
  /** The verb under way, disabled, with its mark. */
  | { readonly kind: 'busy'; readonly task: Task }
  /** The wait of a shutdown: opens the ladder. */
  | { readonly kind: 'ladder'; readonly task: Task }
  | { readonly kind: 'cancel'; readonly task: Task }

/** Tasks that are the machine's change of state itself: their button takes the place of all others. */
const powerTasks: readonly TaskVerb[] = [
  'start',
  'powerOff',
  'reset',
  'restart',
  'pause',
  'resume',
  'suspend',
  'discardSuspended',
  'restore',
  'undoRestore',
  'redoRestore',
]

/**
 * The buttons for a machine as it stands. Verbs that its kind never has are left out, those that it has but not now stay with
 * their reason. `isPrimaryFree` is false while an error card has the pane's one filled button.
 */
export function headerItems(context: PermitContext, isPrimaryFree: boolean): readonly HeaderItem[] {
  const { machine, task } = context
  if (task !== null && task.verb === 'shutDown') return [{ kind: 'ladder', task }, ...verbs(context, ['terminal'])]
  const cancel: readonly HeaderItem[] = task !== null && canCancel(task) ? [{ kind: 'cancel', task }] : []
  if (task !== null && powerTasks.includes(task.verb)) return [{ kind: 'busy', task }, ...cancel]
  const primary = (verb: Verb): readonly HeaderItem[] =>
    verbs(context, [verb], { isPrimary: isPrimaryFree && task === null })
  const stop = verbs(context, ['shutDown'], { hasStopMenu: true })
  switch (machine.state) {
    case 'running':
    case 'stopping':
      return [...cancel, ...stop, ...verbs(context, ['snapshot', 'terminal'])]
    case 'stopped':
    case 'crashed':
      return [...cancel, ...primary('start'), ...verbs(context, ['snapshot'])]
    case 'paused':
      return [...cancel, ...primary('resume'), ...stop, ...verbs(context, ['snapshot'])]
    case 'suspended':
      return [...cancel, ...primary('start')]
    case 'inaccessible':
      return [
        ...cancel,
        { kind: 'check', isPrimary: isPrimaryFree },
        ...(machine.lostFile === null ? [] : verbs(context, ['locate'])),
      ]
    case 'unknown':
      return [
        ...cancel,
        { kind: 'check', isPrimary: isPrimaryFree },
        ...verbs(context, ['start']),
        ...stop,
        ...verbs(context, ['terminal']),
      ]
    case 'starting':
    case 'suspending':
    case 'restoring':
    case 'working':
      return [...cancel, ...stop, ...verbs(context, ['terminal'])]
  }
}

/** A task can be given up unless it, or the step it is at, says otherwise. */
export function canCancel(task: Task): boolean {
  return task.cancellable && task.progress?.cancellable !== false
}

function verbs(
  context: PermitContext,
  wanted: readonly Verb[],
  look: { readonly isPrimary?: boolean; readonly hasStopMenu?: boolean } = {},
): readonly HeaderItem[] {
  return wanted.flatMap((verb) => {
    const permission = permit(verb, context)
    if (permission.kind === 'absent') return []
    return [
      { kind: 'verb', verb, permission, isPrimary: look.isPrimary ?? false, hasStopMenu: look.hasStopMenu ?? false },
    ]
  })
}
