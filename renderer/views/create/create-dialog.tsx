import type { ReactNode } from 'react'

export function CreateDialog(): ReactNode {
  return null
}
