import type { ReactNode } from 'react'

export function TerminalDock(): ReactNode {
  return null
}
