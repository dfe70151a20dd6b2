import { type ReactNode, useEffect } from 'react'
import { showTerminal } from '../../actions/consoles.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { useSay } from '../../say.tsx'
import { sessionById } from '../../store/console-tabs.ts'
import { consoles, useConsoles } from '../../store/consoles.ts'
import { TerminalPane } from '../../terminal/terminal.tsx'
import { focusPaneNamed } from '../app/panes.ts'
import { CloseQuestion } from './close-question.tsx'
import { DockBar } from './dock-bar.tsx'
import './dock.css'

/** The terminals of all machines: their tabs, and the one or two that are shown. */
export function TerminalDock(): ReactNode {
  const say = useSay()
  const shown = useConsoles((state) => state.shown)
  const hasAny = useConsoles((state) => state.sessions.length > 0)
  useFocusLeft(hasAny)

  return (
    <>
      <DockBar />
      {hasAny ? (
        <div className="dock-panes" role="tabpanel" aria-label={say('pane.dock')}>
          {shown.map((id) => (
            <DockTerminal key={id} sessionId={id} />
          ))}
        </div>
      ) : (
        <EmptyState>{say('dock.empty')}</EmptyState>
      )}
      <CloseQuestion />
    </>
  )
}

/** The keyboard of a terminal that goes, with the dock or as its last one, goes to the list: nothing is left without it. */
function useFocusLeft(hasAny: boolean): void {
  useEffect(() => {
    if (!hasAny) return
    return () => {
      requestAnimationFrame(() => {
        if (document.activeElement === document.body) focusPaneNamed('list')
      })
    }
  }, [hasAny])
}

function DockTerminal({ sessionId }: { readonly sessionId: string }): ReactNode {
  const session = useConsoles(sessionById(sessionId))
  const isActive = useConsoles((state) => state.active === sessionId)
  if (session === null) return null
  return (
    <TerminalPane
      session={session}
      isActive={isActive}
      takesFocus
      onActive={() => {
        if (consoles.getState().active !== sessionId) showTerminal(sessionId)
      }}
    />
  )
}
