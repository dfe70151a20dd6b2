import type { ErrorCode } from '../../../app/domain/errors.ts'
import type { MachineState } from '../../../app/domain/machine.ts'
import { isPossibleIn, type PermitContext, permit } from '../../../app/domain/permit.ts'
import type { TaskVerb } from '../../../app/domain/task.ts'
import { verbs } from '../../../app/domain/verbs.ts'
import type { MessageKey } from '../../../app/messages/text.ts'

/** A way on from a failure: what its button says is its key. */
export type ErrorAction =
  | 'retry'
  | 'locate'
  | 'discardSuspended'
  | 'whenFree'
  | 'check'
  | 'providers'
  | 'trash'
  | 'rename'
  | 'start'
  | 'shutDown'
  | 'powerOff'
  | 'copyReport'

export const errorActionKeys: Readonly<Record<ErrorAction, MessageKey>> = {
  retry: 'verb.retry',
  locate: 'verb.locate',
  discardSuspended: 'verb.discardSuspended',
  whenFree: 'error.action.whenFree',
  check: 'verb.check',
  providers: 'error.action.providers',
  trash: 'error.action.trash',
  rename: 'error.action.rename',
  start: 'verb.start',
  shutDown: 'verb.shutDown',
  powerOff: 'verb.powerOff',
  copyReport: 'verb.copyReport',
}

/** Verbs that put right what a machine says it lacks. */
export type Cure = 'locate' | 'discardSuspended'

/** What helps a machine that is off and lacks a file; null when it lacks none, or when nothing can be done here. */
export function cureOf(context: PermitContext): Cure | null {
  const { state, needsHelp, lostFile } = context.machine
  const cure = lostFile !== null ? 'locate' : state === 'suspended' && needsHelp ? 'discardSuspended' : null
  return cure !== null && permit(cure, context).kind === 'allowed' ? cure : null
}

/** What the failure is about, as far as it decides what helps. */
export interface ErrorContext {
  readonly verb: TaskVerb | null
  /** null when it is not about one machine. */
  readonly state: MachineState | null
  /** Whether what failed can be asked for again as it was. */
  readonly canRetry: boolean
  /** What the machine itself offers now to put right a file that is gone. */
  readonly cure?: Cure | null
}

/** At most two ways on from a failure, the likely cure first. Nothing is offered that could not help. */
export function errorActions(code: ErrorCode, context: ErrorContext): readonly ErrorAction[] {
  const again: readonly ErrorAction[] = context.canRetry ? ['retry'] : []
  const look: readonly ErrorAction[] = context.state === null ? [] : ['check']
  switch (code) {
    case 'tool-missing':
    case 'tool-too-old':
    case 'permission':
      return ['providers', ...again]
    case 'timeout':
    case 'unreachable':
      return context.state === null ? again : ['check', ...again]
    case 'busy':
      return context.canRetry ? ['whenFree'] : look
    case 'no-space':
      return ['trash', ...again]
    case 'not-found':
      return [...(context.cure == null ? [] : [context.cure]), ...again, ...look].slice(0, 2)
    case 'in-use':
      return [...again, ...look].slice(0, 2)
    case 'already-exists':
      return context.verb === 'rename' ? ['rename'] : again
    case 'wrong-state':
      return [...leadsThere(context), ...look].slice(0, 2)
    case 'unsupported':
    case 'invalid-input':
    case 'cancelled':
      return []
    case 'output-unreadable':
    case 'bug':
      return ['copyReport', ...again]
    case 'tool-failed':
      return context.verb === 'shutDown' ? [...again, 'powerOff'] : again
  }
}

/** The verb that brings a machine into the state in which it was asked for something. */
function leadsThere({ verb, state }: ErrorContext): readonly ErrorAction[] {
  // Where the verb is possible as it is, the trouble is another.
  const asked = verbs.find((one) => one === verb)
  if (asked !== undefined && state !== null && isPossibleIn(asked, state)) return []
  if (state === 'running' || state === 'paused') return ['shutDown']
  return state === 'stopped' || state === 'suspended' || state === 'crashed' ? ['start'] : []
}
