import type { RemovalPlan } from '../../../app/domain/trash.ts'
import type { SayFunction } from '../../say.tsx'

/** Names that a sentence about several machines says; of more, these and a number. */
const maxNames = 5

/** What deleting several machines at once comes to. */
export interface RemovalSummary {
  /** What is deleted: `gone` for good, `trashed` with a way back. */
  readonly possible: readonly RemovalPlan[]
  readonly gone: readonly RemovalPlan[]
  readonly trashed: readonly RemovalPlan[]
  readonly blocked: readonly RemovalPlan[]
  /** Some go for good and some to the trash: each is said apart. */
  readonly isMixed: boolean
  /** Of what goes for good, or of all where nothing does; null where nothing is known. */
  readonly sizeBytes: number | null
  readonly snapshotCount: number
}

export function summaryOf(plans: readonly RemovalPlan[]): RemovalSummary {
  const possible = plans.filter((plan) => plan.blockedBy.length === 0)
  const gone = possible.filter((plan) => plan.way === 'gone')
  const trashed = possible.filter((plan) => plan.way === 'trash')
  const counted = gone.length > 0 ? gone : possible
  const sizes = counted.map((plan) => plan.sizeBytes).filter((size) => size !== null)
  return {
    possible,
    gone,
    trashed,
    blocked: plans.filter((plan) => plan.blockedBy.length > 0),
    isMixed: gone.length > 0 && trashed.length > 0,
    sizeBytes: sizes.length === 0 ? null : sizes.reduce((sum, one) => sum + one, 0),
    snapshotCount: counted.reduce((sum, plan) => sum + plan.snapshotCount, 0),
  }
}

/** The names of several machines in a sentence: all of a few, else the first and how many more there are. */
export function namesInSentence(names: readonly string[], say: SayFunction): string {
  const rest = names.length - maxNames
  if (rest <= 0) return names.join(', ')
  return say('remove.andMore', { names: names.slice(0, maxNames).join(', '), count: rest })
}
