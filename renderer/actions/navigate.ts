import type { EndpointId, MachineId } from '../../app/domain/ids.ts'
import { remember } from '../store/remembered.ts'
import { setUi, store } from '../store/store.ts'
import type { DetailTab, Filter, OpenDialog, View } from '../store/ui.ts'

export function showView(view: View): void {
  setUi({ view, isSidebarOver: false })
}

/** The Providers page, scrolled to this endpoint. */
export function showEndpoint(endpointId: EndpointId): void {
  setUi({ view: 'providers', shownEndpoint: endpointId, isSidebarOver: false })
}

export function selectMachines(ids: readonly MachineId[], anchor: MachineId | null = ids.at(-1) ?? null): void {
  setUi({ selection: ids, anchor })
}

/** Shows one machine's page, on a tab of choice or the one it was left at. */
export function openMachine(id: MachineId, tab?: DetailTab): void {
  setUi({ view: 'machines', selection: [id], anchor: id, cursor: id, step: 'detail', isSidebarOver: false })
  if (tab !== undefined) setTab(id, tab)
}

/** The last tab is kept for each machine, across restarts. */
export function setTab(id: MachineId, tab: DetailTab): void {
  setUi((ui) => {
    const { [id]: _before, ...rest } = ui.tabs
    const tabs = tab === 'overview' ? rest : { ...rest, [id]: tab }
    remember('tabs', tabs)
    return { tabs }
  })
}

export function openDialog(dialog: OpenDialog): void {
  setUi({ dialog, isPaletteOpen: false })
}

export function closeDialog(): void {
  setUi({ dialog: null })
}

export function sameFilter(one: Filter, other: Filter): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** Chooses a filter alone, or adds it to those there are (and takes it away again). Empty shows all machines. */
export function chooseFilter(filter: Filter | null, isJoined: boolean): void {
  setUi((ui) => {
    const isThere = filter !== null && ui.filters.some((known) => sameFilter(known, filter))
    const joined = isThere ? ui.filters.filter((known) => !sameFilter(known, filter)) : [...ui.filters]
    if (filter !== null && !isThere) joined.push(filter)
    return {
      view: 'machines',
      step: 'list',
      isSidebarOver: false,
      filters: filter === null ? [] : isJoined ? joined : [filter],
    }
  })
}

export function clearFilters(): void {
  setUi({ filters: [], search: '' })
}

export function toggleGroup(key: string, isFolded: boolean): void {
  setUi((ui) => {
    const foldedGroups = new Set(ui.foldedGroups)
    const unfoldedGroups = new Set(ui.unfoldedGroups)
    if (isFolded) {
      foldedGroups.add(key)
      unfoldedGroups.delete(key)
    } else {
      foldedGroups.delete(key)
      unfoldedGroups.add(key)
    }
    remember('folded', [...foldedGroups])
    return { foldedGroups, unfoldedGroups }
  })
}

/** Hides and shows the sidebar: for good where there is room beside the list, over the list where there is none. */
export function toggleSidebar(isRoomBeside: boolean): void {
  if (!isRoomBeside) {
    setUi((ui) => ({ isSidebarOver: !ui.isSidebarOver }))
    return
  }
  const isSidebarHidden = !store.getState().ui.isSidebarHidden
  remember('sidebarHidden', isSidebarHidden)
  setUi({ isSidebarHidden, isSidebarOver: false })
}
