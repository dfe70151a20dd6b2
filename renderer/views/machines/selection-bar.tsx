import type { ReactNode } from 'react'
import { openDialog, selectMachines } from '../../actions/navigate.ts'
import { Button } from '../../components/button.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { useSay } from '../../say.tsx'
import { groupOf } from '../../store/selectors.ts'
import { store, useApp } from '../../store/store.ts'
import type { StateGroup } from '../../store/ui.ts'
import { countedVerbs } from './counted-verbs.ts'

/** Floats at the window's foot while several machines are selected: verbs with the number of those they apply to. */
export function SelectionBar(): ReactNode {
  const say = useSay()
  const selection = useApp((state) => state.ui.selection)
  const machines = useApp((state) => state.inventory.machines)
  // Permissions change with tasks and endpoints too: drawn again when they do.
  useApp((state) => state.tasks.byMachine)
  useApp((state) => state.inventory.endpoints)
  if (selection.length < 2) return null
  const groups = new Map<StateGroup, number>()
  for (const id of selection) {
    const machine = machines.get(id)
    const group = machine === undefined ? null : groupOf(machine, true)
    if (group !== null) groups.set(group, (groups.get(group) ?? 0) + 1)
  }
  return (
    <div role="toolbar" aria-label={say('selection.label')} className="selection-bar">
      <span className="selection-count">{say('selection.count', { count: selection.length })}</span>
      <span className="selection-states">
        {[...groups].map(([group, count]) => say(`selection.${group}`, { count })).join(', ')}
      </span>
      {countedVerbs(store.getState(), selection, say).map(({ verb, label, icon, isDanger, choose }) => (
        <Button key={verb} size="small" icon={icon} kind={isDanger ? 'danger' : 'normal'} onClick={choose}>
          {label}
        </Button>
      ))}
      <Button size="small" icon="tag" onClick={() => openDialog({ kind: 'tag', machineIds: selection })}>
        {say('selection.tag')}
      </Button>
      <IconButton
        size="small"
        icon="close"
        label={say('selection.clear')}
        onClick={() => selectMachines(selection.slice(-1))}
      />
    </div>
  )
}
