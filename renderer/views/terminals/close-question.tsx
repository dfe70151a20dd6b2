import type { ReactNode } from 'react'
import { endTerminal, keepTerminal } from '../../actions/consoles.ts'
import { Button } from '../../components/button.tsx'
import { AlertDialog } from '../../components/dialog.tsx'
import { Say, useSay } from '../../say.tsx'
import { sessionById } from '../../store/console-tabs.ts'
import { useConsoles } from '../../store/consoles.ts'
import { useSessionName } from '../../terminal/session-name.ts'

/** Asked before a terminal is closed in which something runs; the command is named. */
export function CloseQuestion(): ReactNode {
  const say = useSay()
  const closing = useConsoles((state) => state.closing)
  const session = useConsoles(sessionById(closing?.sessionId ?? null))
  const { name, key } = useSessionName(session)
  if (closing === null || session === null) return null
  return (
    <AlertDialog
      title={<Say text={{ key: key('closing'), params: { name } }} />}
      description={<Say text="dock.closing.text" params={{ command: closing.command }} />}
      onClose={keepTerminal}
      footer={
        <Button kind="danger-fill" onClick={() => void endTerminal(session.id)}>
          {say('dock.closing.yes')}
        </Button>
      }
    />
  )
}
