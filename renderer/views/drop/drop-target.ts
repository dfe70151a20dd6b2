import type { MachineId } from '../../../app/domain/ids.ts'
import { permissionOf } from '../../store/selectors.ts'
import { store } from '../../store/store.ts'
import type { DropMachine, DropTarget } from './dropped-file.ts'

/** A drop's target and the element that stands for it on screen. */
export interface PlacedTarget {
  readonly target: DropTarget
  readonly element: HTMLElement
}

/** Marks the fields of a dialog that take the path of a dropped file. */
export const takesPath = { 'data-takes-path': '' } as const

/** What a drop at this element is about. An open dialog is all there is to drop on. */
export function dropTargetAt(at: EventTarget | null): PlacedTarget {
  const from = at instanceof Element ? at : document.body
  const element = from.closest<HTMLElement>(':not(svg, svg *)') ?? document.body
  const dialogs = document.querySelectorAll<HTMLElement>('.dialog')
  const dialog = dialogs[dialogs.length - 1]
  if (dialog !== undefined) {
    const isForm = store.getState().ui.dialog?.kind === 'create' && dialogs.length === 1
    const under = element.closest('.input')?.querySelector<HTMLElement>('[data-takes-path]') ?? null
    const field = under ?? (isForm ? null : dialog.querySelector<HTMLElement>('[data-takes-path]'))
    if (field !== null) return { target: { kind: 'field' }, element: field }
    return { target: { kind: isForm ? 'form' : 'dialog' }, element: dialog }
  }
  const row = element.closest<HTMLElement>('[data-row]')
  const ofRow = row === null ? null : machineOfDrop(row.dataset['row'] ?? '')
  if (row !== null && ofRow !== null) return { target: { kind: 'row', machine: ofRow }, element: row }
  const page = element.closest<HTMLElement>('.machine-page')
  const { view, selection } = store.getState().ui
  const ofPage = page === null || view !== 'machines' ? null : machineOfDrop(selection.at(-1) ?? '')
  if (page !== null && ofPage !== null) return { target: { kind: 'page', machine: ofPage }, element: page }
  return { target: { kind: 'window' }, element }
}

function machineOfDrop(id: string): DropMachine | null {
  const state = store.getState()
  const machine = state.inventory.machines.get(id as MachineId)
  if (machine === undefined) return null
  return { id: machine.id, name: machine.name, copyFiles: permissionOf('copyFiles', machine.id)(state) }
}
