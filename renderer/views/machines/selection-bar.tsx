import type { ReactNode } from 'react'
import { openDialog, selectMachines } from '../../actions/navigate.ts'
import { Button } from '../../components/button.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { useSay } from '../../say.tsx'
import { groupOf } from '../../store/selectors.ts'
import { store, useApp } from '../../store/store.ts'
import type { StateGroup } from '../../store/ui.ts'
import { StopLadderButton } from '../machine/stop-ladder.tsx'
import { countedVerbs } from './counted-verbs.ts'

const groupOrder: readonly StateGroup[] = ['running', 'paused', 'stopped', 'attention']

/**
 * Floats at the window's foot while several machines are selected: verbs with the number of those they apply to. Each verb
 * keeps its place and its width whatever the numbers are, so that a second click never meets another verb.
 */
export function SelectionBar(): ReactNode {
  const say = useSay()
  const selection = useApp((state) => state.ui.selection)
  const machines = useApp((state) => state.inventory.machines)
  // Permissions change with tasks and endpoints too: drawn again when they do.
  const byMachine = useApp((state) => state.tasks.byMachine)
  const endpoints = useApp((state) => state.inventory.endpoints)
  if (selection.length < 2) return null
  const endpointById = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]))
  const groups = new Map<StateGroup, number>()
  for (const id of selection) {
    const machine = machines.get(id)
    const group = machine === undefined ? null : groupOf(machine, endpointById.get(machine.endpointId) ?? null)
    if (group !== null) groups.set(group, (groups.get(group) ?? 0) + 1)
  }
  const states = groupOrder
    .flatMap((group) => {
      const count = groups.get(group)
      return count === undefined ? [] : say(`selection.${group}`, { count })
    })
    .join(', ')
  const stopping = selection.flatMap((id) => byMachine.get(id) ?? []).filter((task) => task.verb === 'shutDown')
  return (
    <section aria-label={say('selection.label')} className="selection-place">
      <div role="toolbar" aria-label={say('selection.label')} className="selection-bar">
        {countedVerbs(store.getState(), selection, say).map(({ verb, label, icon, isDanger, reason, choose }) => (
          <Button
            key={verb}
            size="small"
            className="selection-verb"
            icon={icon}
            kind={isDanger ? 'danger' : 'normal'}
            reason={reason}
            onClick={choose}
          >
            {label}
          </Button>
        ))}
        <Button size="small" icon="tag" onClick={() => openDialog({ kind: 'tag', machineIds: selection })}>
          {say('selection.tag')}
        </Button>
        <p className="selection-text cut">
          <span className="selection-count">{say('selection.count', { count: selection.length })}</span>{' '}
          <span className="selection-states">{states}</span>
        </p>
        {stopping.length > 0 && <StopLadderButton tasks={stopping} side="top" />}
        <IconButton
          size="small"
          icon="close"
          label={say('selection.clear')}
          onClick={() => selectMachines(selection.slice(-1))}
        />
      </div>
    </section>
  )
}
