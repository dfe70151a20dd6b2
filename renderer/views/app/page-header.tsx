import { type ReactNode, useRef } from 'react'
import { IconButton } from '../../components/icon-button.tsx'
import { useSay } from '../../say.tsx'
import { SidebarToggle } from './sidebar-toggle.tsx'
import { leavePage } from './use-leave-page.ts'
import { usePageFocus } from './use-page-focus.ts'

/** The head of a page that has the window to itself; `children` stand at its end. */
export function PageHeader({ title, children }: { readonly title: string; readonly children?: ReactNode }): ReactNode {
  const say = useSay()
  const heading = useRef<HTMLHeadingElement>(null)
  usePageFocus(heading)
  return (
    <header className="pane-header page-header drag-region">
      <SidebarToggle />
      <IconButton icon="left" label={say('action.back')} onClick={leavePage} />
      <h1 ref={heading} className="page-title grow" tabIndex={-1}>
        {title}
      </h1>
      {children}
    </header>
  )
}
