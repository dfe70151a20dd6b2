import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { MachineId } from '../../../app/domain/ids.ts'
import { openMachine, selectMachines } from '../../actions/navigate.ts'
import { setUi, store } from '../../store/store.ts'
import { focusPaneNamed } from '../app/panes.ts'

export interface FilterKeys {
  readonly keys: { readonly onOpenFirst: () => void; readonly onToRows: () => void }
  /** The table's own order of what is shown. */
  readonly setOrder: (order: readonly MachineId[]) => void
}

/**
 * What Enter and arrow down do in the filter: the first hit is opened, or selected with the keyboard on it. The rows may still
 * be those of the letters before: the wish waits until they are of what is typed now. `listOrder` is null for the table.
 */
export function useFilterKeys(listOrder: readonly MachineId[] | null, shownSearch: string): FilterKeys {
  const tableOrder = useRef<readonly MachineId[]>([])
  const [wish, setWish] = useState<'open' | 'select' | null>(null)
  const setOrder = useCallback((order: readonly MachineId[]) => {
    tableOrder.current = order
  }, [])

  useEffect(() => {
    const { search, selection, cursor } = store.getState().ui
    if (wish === null || search !== shownSearch) return
    setWish(null)
    const order = listOrder ?? tableOrder.current
    const [first] = order
    if (first === undefined) return
    if (wish === 'open') openMachine(first)
    else if (!selection.some((id) => order.includes(id))) {
      setUi({ cursor: first })
      selectMachines([first])
    } else if (cursor === null || !order.includes(cursor as MachineId))
      setUi({ cursor: selection.find((id) => order.includes(id)) ?? first })
    requestAnimationFrame(() => focusPaneNamed('list'))
  }, [wish, shownSearch, listOrder])

  const keys = useMemo(() => ({ onOpenFirst: () => setWish('open'), onToRows: () => setWish('select') }), [])
  return { keys, setOrder }
}
