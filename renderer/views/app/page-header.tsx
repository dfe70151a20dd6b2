import type { ReactNode } from 'react'
import { SidebarToggle } from './sidebar-toggle.tsx'

/** The head of a page that has the window to itself; `children` stand at its end. */
export function PageHeader({ title, children }: { readonly title: string; readonly children?: ReactNode }): ReactNode {
  return (
    <header className="pane-header page-header drag-region">
      <SidebarToggle />
      <h1 className="page-title grow">{title}</h1>
      {children}
    </header>
  )
}
