import type { ReactNode } from 'react'
import { toggleSidebar } from '../../actions/navigate.ts'
import { IconButton } from '../../components/icon-button.tsx'
import { isMac } from '../../keyboard/platform.ts'
import { shortcutText } from '../../keyboard/shortcuts.ts'
import { useSay } from '../../say.tsx'
import { useApp } from '../../store/store.ts'
import { useLayout } from './use-layout.ts'

/** The way to the sidebar in the header of the first pane, while there is none beside it. */
export function SidebarToggle(): ReactNode {
  const say = useSay()
  const { hasSidebar } = useLayout()
  const isShown = useApp((state) => !state.ui.isSidebarHidden) && hasSidebar
  if (isShown) return null
  return (
    <IconButton
      icon="sidebar"
      label={say('sidebar.show')}
      shortcut={shortcutText('sidebar', isMac)}
      onClick={() => toggleSidebar(hasSidebar)}
    />
  )
}
