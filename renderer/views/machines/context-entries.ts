import { openDialog } from '../../actions/navigate.ts'
import type { MenuEntry } from '../../components/menu.tsx'
import type { SayFunction } from '../../say.tsx'
import type { State } from '../../store/store.ts'
import { countedVerbs } from './counted-verbs.ts'
import { rowEntries } from './verb-entries.ts'

/** The menu over the list: of the one machine, or of all that are selected. */
export function contextEntries(state: State, say: SayFunction): readonly MenuEntry[] {
  const { selection } = state.ui
  const [only, ...more] = selection
  if (only === undefined) return []
  if (more.length === 0) {
    const machine = state.inventory.machines.get(only)
    return machine === undefined ? [] : rowEntries(machine, say)
  }
  return [
    { kind: 'heading', id: 'count', label: say('selection.count', { count: selection.length }) },
    ...countedVerbs(state, selection, say).map(
      ({ verb, label, icon, choose, isDanger, reason }): MenuEntry => ({
        kind: 'item',
        id: verb,
        label,
        icon,
        isDanger,
        reason,
        choose,
      }),
    ),
    { kind: 'separator', id: 'own' },
    {
      kind: 'item',
      id: 'tag',
      icon: 'tag',
      label: say('list.tagAs'),
      choose: () => openDialog({ kind: 'tag', machineIds: selection }),
    },
  ]
}
