import type { ReactNode } from 'react'
import type { Machine, MachineState } from '../../../app/domain/machine.ts'
import type { Task } from '../../../app/domain/task.ts'
import { wordClass } from '../../components/state-mark.tsx'
import { cpuShare } from '../../format/figures.ts'
import { stateKey } from '../../format/state-key.ts'
import { useSay } from '../../say.tsx'
import { statsOf } from '../../store/selectors.ts'
import { useApp } from '../../store/store.ts'

/** What stands at a row's end: CPU while running, nothing when stopped, the state's word for all else. */
export function RowState({
  machine,
  state,
  task,
  provider,
  isStale,
}: {
  readonly machine: Machine
  readonly state: MachineState
  readonly task: Task | null
  /** Whose word the native state is. */
  readonly provider: string
  /** Not reachable now: a figure would claim to be of this moment. */
  readonly isStale: boolean
}): ReactNode {
  const say = useSay()
  if (state === 'running') return isStale ? null : <RowCpu machine={machine} />
  if (state === 'stopped') return null
  const fraction = task?.progress?.fraction ?? null
  if (fraction !== null) {
    return <span className="word-busy">{say('tasks.percent', { percent: Math.round(fraction * 100) })}</span>
  }
  return (
    <span
      className={wordClass(state)}
      {...(state === 'unknown'
        ? { 'data-tip': say('list.unknownWord', { tool: provider, word: machine.nativeState }) }
        : {})}
    >
      {say(stateKey(state, machine, task))}
    </span>
  )
}

function RowCpu({ machine }: { readonly machine: Machine }): ReactNode {
  const say = useSay()
  const percent = useApp((state) => cpuShare(statsOf(machine.id)(state), machine, state.system))
  if (percent === null) return null
  return (
    <span className={percent >= 50 ? 'row-hot' : 'faint-text'} aria-hidden="true">
      {say('tasks.percent', { percent })}
    </span>
  )
}
