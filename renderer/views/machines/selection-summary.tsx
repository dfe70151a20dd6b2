import type { ReactNode } from 'react'
import type { MachineId } from '../../../app/domain/ids.ts'
import { openMachine } from '../../actions/navigate.ts'
import { Name } from '../../components/name.tsx'
import { machineMark, StateMark, wordClass } from '../../components/state-mark.tsx'
import { stateKey } from '../../format/state-key.ts'
import { useSay } from '../../say.tsx'
import { endpointOf, machineOf, shownState, taskOfMachine } from '../../store/selectors.ts'
import { useApp } from '../../store/store.ts'

/** The detail while several machines are selected: which they are, each a way to its page. */
export function SelectionSummary({ ids }: { readonly ids: readonly MachineId[] }): ReactNode {
  const say = useSay()
  return (
    <>
      <header className="pane-header selection-header drag-region">
        <h1 className="page-title">{say('selection.count', { count: ids.length })}</h1>
      </header>
      <ul className="selection-list">
        {ids.map((id) => (
          <SelectedMachine key={id} id={id} />
        ))}
      </ul>
    </>
  )
}

function SelectedMachine({ id }: { readonly id: MachineId }): ReactNode {
  const say = useSay()
  const machine = useApp(machineOf(id))
  const task = useApp(taskOfMachine(id))
  const provider = useApp((state) => endpointOf(machine?.endpointId ?? null)(state)?.label ?? null)
  if (machine === null) return null
  const state = shownState(machine, task)
  return (
    <li>
      <button type="button" className="selection-item" onClick={() => openMachine(id)}>
        <StateMark name={machineMark(state, machine)} />
        <Name name={machine.name} fallback={machine.id} />
        <span className="selection-about cut">{[machine.os, provider].filter((part) => part !== null).join(', ')}</span>
        <span className={`selection-state ${wordClass(state)}`}>{say(stateKey(state, machine, task))}</span>
      </button>
    </li>
  )
}
