import type { Virtualizer } from '@tanstack/react-virtual'
import { type DragEvent, type KeyboardEvent, type MouseEvent, type RefObject, useEffect, useRef } from 'react'
import type { MachineId } from '../../../app/domain/ids.ts'
import { openMachine, selectMachines, toggleGroup } from '../../actions/navigate.ts'
import { isMac } from '../../keyboard/platform.ts'
import { setUi, store, useApp } from '../../store/store.ts'
import { askFor } from './ask-for.ts'
import { dragType } from './dragging.ts'
import type { Row } from './list-model.ts'
import { rangeOf, toggled } from './selection.ts'
import { createTypeAhead } from './type-ahead.ts'
import { useRowInView } from './use-row-in-view.ts'

export interface Grid {
  /** The row with the tab stop. */
  readonly cursor: string | null
  readonly handlers: {
    readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void
    readonly onClick: (event: MouseEvent<HTMLElement>) => void
    readonly onDoubleClick: (event: MouseEvent<HTMLElement>) => void
    readonly onContextMenu: (event: MouseEvent<HTMLElement>) => void
    readonly onDragStart: (event: DragEvent<HTMLElement>) => void
  }
}

const rowsPerPage = 12

/** The keyboard and the pointer over rows, the same for list and table: move, range, fold, open, jump to a name. */
export function useGrid(
  rows: readonly Row[],
  order: readonly MachineId[],
  grid: RefObject<HTMLElement | null>,
  virtualizer: Virtualizer<HTMLDivElement, Element>,
  /** Whether a click shows the machine's page, where only one of the two has room: the table waits for a double click. */
  opensByClick = true,
): Grid {
  const wanted = useApp((state) => state.ui.cursor)
  const hasWanted = wanted !== null && rows.some((row) => row.key === wanted)
  const cursor = hasWanted ? wanted : (rows.find((row) => row.kind === 'machine')?.key ?? rows[0]?.key ?? null)
  const typeAhead = useRef(createTypeAhead())
  const focusWanted = useRef(false)
  useRowInView(grid, cursor)

  // A machine that is opened from elsewhere takes the tab stop: the keyboard goes with it, or it would act on the row before.
  useEffect(() => {
    const active = document.activeElement
    if (cursor === null || !(active instanceof HTMLElement) || active.dataset['row'] === undefined) return
    if (active.dataset['row'] !== cursor && grid.current?.contains(active) === true) focusWanted.current = true
  }, [cursor, grid])

  // The row may only now have been drawn: focus follows the cursor once it is there.
  useEffect(() => {
    if (!focusWanted.current || cursor === null) return
    const row = grid.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(cursor)}"]`)
    if (row === null || row === undefined) return
    focusWanted.current = false
    row.focus({ preventScroll: true })
  })

  const indexOf = (key: string | null): number => rows.findIndex((row) => row.key === key)

  const moveTo = (index: number, how: 'select' | 'extend' | 'only'): void => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index))]
    if (row === undefined || row.kind === 'skeleton') return
    focusWanted.current = true
    virtualizer.scrollToIndex(rows.indexOf(row))
    setUi({ cursor: row.key })
    if (row.kind !== 'machine' || how === 'only') return
    const { anchor } = store.getState().ui
    if (how === 'extend' && anchor !== null) selectMachines(rangeOf(order, anchor, row.id), anchor)
    else selectMachines([row.id])
  }

  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const target = event.target as HTMLElement
    if (event.nativeEvent.isComposing || target.dataset['row'] === undefined) return
    const at = indexOf(cursor)
    const row = rows[at]
    const command = isMac ? event.metaKey : event.ctrlKey
    const how = event.shiftKey ? 'extend' : command ? 'only' : 'select'
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + rowsPerPage,
      PageUp: at - rowsPerPage,
      Home: 0,
      End: rows.length - 1,
    }
    const to = moves[event.key]
    if (to !== undefined && !event.altKey && !(command && event.shiftKey)) {
      event.preventDefault()
      moveTo(to, how)
    } else if (row === undefined) return
    else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') fold(event, row, at)
    else if (row.kind === 'machine') onMachineKey(event, row.id, command, at)
    else if (row.kind === 'group' && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault()
      toggleGroup(row.key, !row.isFolded)
    }
  }

  const fold = (event: KeyboardEvent, row: Row, at: number): void => {
    event.preventDefault()
    const opens = event.key === 'ArrowRight'
    if (row.kind === 'group') {
      if (opens && !row.isFolded) moveTo(at + 1, 'select')
      else if (opens === row.isFolded) toggleGroup(row.key, !opens)
    } else if (!opens) {
      const parent = rows.slice(0, at).findLastIndex((known) => known.kind === 'group')
      if (parent >= 0) moveTo(parent, 'only')
    }
  }

  const onMachineKey = (event: KeyboardEvent, id: MachineId, command: boolean, at: number): void => {
    const { selection } = store.getState().ui
    const chosen = selection.includes(id) ? selection : [id]
    if (event.key === 'Enter' && !command && !event.shiftKey && !event.altKey) openMachine(id, 'console')
    else if (event.key === ' ') selectMachines(command ? toggled(selection, id) : [id], id)
    else if (event.key === 'F2') askFor('rename', [id])
    else if (event.key === 'Delete' || (isMac && event.metaKey && event.key === 'Backspace')) {
      // Held down it would go on with the machine that takes the place of the one before.
      if (!event.repeat) askFor('remove', chosen)
    } else if (command && event.code === 'KeyA') selectMachines(order, id)
    else if (event.key === 'Escape' && selection.length > 1) selectMachines([id])
    else if (!command && !event.altKey && [...event.key].length === 1) jump(event, at)
    else return
    event.preventDefault()
  }

  /** To the next name that begins with what is typed, going on from here. */
  const jump = (event: KeyboardEvent, at: number): void => {
    const means = typeAhead.current(event.key, event.timeStamp)
    const { machines } = store.getState().inventory
    const start = Math.max(0, at)
    for (let step = 0; step < rows.length; step += 1) {
      const index = (start + step) % rows.length
      const row = rows[index]
      // A repeated letter goes on to the next; a longer word may stay where it is.
      if (row?.kind !== 'machine' || (step === 0 && means.isRepeat)) continue
      if (!means.matches(machines.get(row.id)?.name ?? '')) continue
      moveTo(index, 'select')
      return
    }
  }

  const rowAt = (event: { readonly target: EventTarget }): Row | undefined => {
    const element = (event.target as Element).closest<HTMLElement>('[data-row]')
    return element === null ? undefined : rows[indexOf(element.dataset['row'] ?? null)]
  }
  const isOnControl = (event: MouseEvent): boolean => (event.target as Element).closest('button') !== null

  return {
    cursor,
    handlers: {
      onKeyDown,
      onClick(event) {
        const row = rowAt(event)
        if (row === undefined || isOnControl(event)) return
        focusWanted.current = true
        setUi({ cursor: row.key })
        if (row.kind === 'group') return toggleGroup(row.key, !row.isFolded)
        if (row.kind !== 'machine') return
        const { selection, anchor } = store.getState().ui
        if (event.shiftKey && anchor !== null) selectMachines(rangeOf(order, anchor, row.id), anchor)
        else if (event.metaKey || event.ctrlKey) selectMachines(toggled(selection, row.id), row.id)
        else {
          selectMachines([row.id])
          if (opensByClick) setUi({ step: 'detail' })
        }
      },
      onDoubleClick(event) {
        const row = rowAt(event)
        if (row?.kind === 'machine' && !isOnControl(event)) openMachine(row.id, 'console')
      },
      onContextMenu(event) {
        const row = rowAt(event)
        if (row?.kind !== 'machine') return event.preventDefault()
        const { selection } = store.getState().ui
        setUi({ cursor: row.key })
        if (!selection.includes(row.id)) selectMachines([row.id])
      },
      onDragStart(event) {
        const row = rowAt(event)
        if (row?.kind !== 'machine') return
        const { selection } = store.getState().ui
        const ids = selection.includes(row.id) ? selection : [row.id]
        event.dataTransfer.setData(dragType, ids.join('\n'))
        event.dataTransfer.effectAllowed = 'copy'
      },
    },
  }
}
