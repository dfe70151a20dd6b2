import type { ReactNode } from 'react'
import type { MachineId } from '../../../app/domain/ids.ts'

export function MachinePage(_props: { readonly machineId: MachineId }): ReactNode {
  return null
}
