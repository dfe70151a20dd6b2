import { type Machine, noAnnotation, reachableAt } from '../../../app/domain/machine.ts'
import { annotateMachine } from '../../actions/machines.ts'
import { openDialog } from '../../actions/navigate.ts'
import type { MenuEntry } from '../../components/menu.tsx'
import type { SayFunction } from '../../say.tsx'
import { permitContext } from '../../store/selectors.ts'
import { store } from '../../store/store.ts'
import { machineEntries as verbMenu } from '../machine/verbs.ts'

/** A row's menu: the machine's verbs with their reasons, and what the person adds to it. */
export function rowEntries(machine: Machine, say: SayFunction): readonly MenuEntry[] {
  const state = store.getState()
  const context = permitContext(state, machine.id)
  const annotation = state.inventory.annotations[machine.id] ?? noAnnotation
  const [address] = reachableAt(machine)
  return [
    ...(context === null ? [] : verbMenu(context, say)),
    { kind: 'separator', id: 'own' },
    {
      kind: 'item',
      id: 'pin',
      icon: 'pin',
      label: say(annotation.pinned ? 'list.unpin' : 'list.pin'),
      choose: () => void annotateMachine(machine.id, { pinned: !annotation.pinned }),
    },
    {
      kind: 'item',
      id: 'tag',
      icon: 'tag',
      label: say('list.tagAs'),
      choose: () => openDialog({ kind: 'tag', machineIds: [machine.id] }),
    },
    {
      kind: 'item',
      id: 'copyName',
      icon: 'copy',
      label: say('list.copyName'),
      choose: () => void navigator.clipboard.writeText(machine.name),
    },
    ...(address === undefined
      ? []
      : [
          {
            kind: 'item' as const,
            id: 'copyAddress',
            icon: 'copy' as const,
            label: say('list.copyAddress'),
            choose: () => void navigator.clipboard.writeText(address),
          },
        ]),
  ]
}
