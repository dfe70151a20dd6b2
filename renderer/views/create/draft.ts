import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'
import { type ContainerForm, emptyContainerForm } from './container-form.ts'
import { emptyVmForm, type VmForm } from './vm-form.ts'

/** What was typed into the create dialog: kept when it is closed, until it is created or begun anew. */
export interface Draft {
  readonly kind: 'vm' | 'container'
  readonly vm: VmForm
  readonly container: ContainerForm
}

const emptyDraft: Draft = { kind: 'vm', vm: emptyVmForm, container: emptyContainerForm }

const draftStore = createStore<Draft>(() => emptyDraft)

export function useDraft(): Draft {
  return useStore(draftStore)
}

export function setKind(kind: Draft['kind']): void {
  draftStore.setState({ kind })
}

export function changeVm(change: Partial<VmForm>): void {
  draftStore.setState(({ vm }) => ({ vm: { ...vm, ...change } }))
}

export function changeContainer(change: Partial<ContainerForm>): void {
  draftStore.setState(({ container }) => ({ container: { ...container, ...change } }))
}

export function clearDraft(kind: Draft['kind']): void {
  draftStore.setState({ ...emptyDraft, kind })
}

/** Whether anything was typed that would be lost. */
export function isChanged({ vm, container }: Draft): boolean {
  return vm !== emptyVmForm || container !== emptyContainerForm
}
