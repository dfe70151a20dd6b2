import type { ReactNode } from 'react'
import { IconButton } from '../../components/icon-button.tsx'
import { useSay } from '../../say.tsx'
import { SidebarToggle } from './sidebar-toggle.tsx'
import { leavePage } from './use-leave-page.ts'

/** The head of a page that has the window to itself; `children` stand at its end. */
export function PageHeader({ title, children }: { readonly title: string; readonly children?: ReactNode }): ReactNode {
  const say = useSay()
  return (
    <header className="pane-header page-header drag-region">
      <SidebarToggle />
      <IconButton icon="left" label={say('action.back')} onClick={leavePage} />
      <h1 className="page-title grow">{title}</h1>
      {children}
    </header>
  )
}
