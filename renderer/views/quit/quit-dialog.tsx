import type { ReactNode } from 'react'
import type { QuitPlan } from '../../../app/contract/views.ts'

export function QuitDialog(_props: { readonly plan: QuitPlan }): ReactNode {
  return null
}
