import type { ReactNode } from 'react'
import type { Settings } from '../../../app/domain/settings.ts'
import { call } from '../../actions/call.ts'
import { saveSettings } from '../../actions/settings.ts'
import { IconButton } from '../../components/icon-button.tsx'
import { Menu, type MenuEntry } from '../../components/menu.tsx'
import { isMac } from '../../keyboard/platform.ts'
import { shortcutText } from '../../keyboard/shortcuts.ts'
import { useSay } from '../../say.tsx'
import { statsOf } from '../../store/selectors.ts'
import { setUi, store } from '../../store/store.ts'
import { rankMachines } from './list-model.ts'
import { toggleTable } from './table-toggle.ts'

const groupings = ['provider', 'host', 'tag', 'none'] as const
const orders = ['name', 'lastUsed', 'state', 'cpu'] as const

/** How the list is grouped and in which order. An order by something that changes holds the moment it was chosen. */
export function ArrangeMenu(): ReactNode {
  const say = useSay()
  const entries = (): readonly MenuEntry[] => {
    const list = store.getState().settings?.list
    return [
      { kind: 'heading', id: 'group', label: say('list.groupBy') },
      ...groupings.map((group) => ({
        kind: 'item' as const,
        id: `group-${group}`,
        label: say(`list.groupBy.${group}`),
        isChecked: (list?.group ?? 'provider') === group,
        choose: () => void saveSettings({ list: { group } }),
      })),
      { kind: 'separator', id: 'middle' },
      { kind: 'heading', id: 'sort', label: say('list.sortBy') },
      ...orders.map((sort) => ({
        kind: 'item' as const,
        id: `sort-${sort}`,
        label: say(`list.sortBy.${sort}`),
        isChecked: (list?.sort ?? 'name') === sort,
        choose: () => void sortMachines(sort),
      })),
      { kind: 'separator', id: 'end' },
      {
        kind: 'item',
        id: 'table',
        label: say('list.table'),
        shortcut: shortcutText('table', isMac),
        isChecked: list?.table ?? false,
        choose: toggleTable,
      },
    ]
  }
  return (
    <Menu entries={entries} align="end">
      <IconButton icon="sort" label={say('list.arrange')} />
    </Menu>
  )
}

/** Sorts now; choosing the same order again sorts again. */
async function sortMachines(sort: Settings['list']['sort']): Promise<void> {
  const used = sort === 'lastUsed' ? await lastUsed() : new Map<string, string>()
  const state = store.getState()
  const ranks = rankMachines(state.inventory.machines.values(), sort, {
    cpu: (id) => statsOf(id)(state)?.cpuPercent ?? -1,
    usedAt: (id) => used.get(id) ?? state.inventory.machines.get(id)?.since ?? '',
  })
  setUi({ ranks })
  await saveSettings({ list: { sort } })
}

/** When something was last done to each machine. */
async function lastUsed(): Promise<ReadonlyMap<string, string>> {
  const entries = await call('activity.list', { id: null, limit: 500, before: null }).catch(() => [])
  const used = new Map<string, string>()
  for (const { machineId, startedAt } of entries) {
    if (machineId !== null && !used.has(machineId)) used.set(machineId, startedAt)
  }
  return used
}
