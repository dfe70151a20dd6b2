import type { MachineId } from '../../app/domain/ids.ts'

let wished: MachineId | null = null

/** The person is about to type into this machine: its display takes the keyboard as soon as it is live. */
export function wishToType(id: MachineId): void {
  wished = id
}

/** Whether that was wished for this machine; the wish is then fulfilled. */
export function takeWish(id: MachineId): boolean {
  if (wished !== id) return false
  wished = null
  return true
}
