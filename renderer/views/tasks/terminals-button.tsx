import type { ReactNode } from 'react'
import { toggleDock } from '../../actions/consoles.ts'
import { Icon } from '../../components/icon.tsx'
import { isMac } from '../../keyboard/platform.ts'
import { shortcutText } from '../../keyboard/shortcuts.ts'
import { useSay } from '../../say.tsx'
import { useConsoles } from '../../store/consoles.ts'

/** Shows and hides the dock; says how many terminals there are. */
export function TerminalsButton(): ReactNode {
  const say = useSay()
  const count = useConsoles((state) => state.sessions.length)
  const isOpen = useConsoles((state) => state.isDockOpen)
  return (
    <button
      type="button"
      className="strip-button"
      aria-pressed={isOpen}
      data-tip={shortcutText('dock', isMac)}
      onClick={toggleDock}
    >
      <Icon name="terminal" size="small" />
      {count === 0 ? say('strip.terminals') : say('strip.terminalsCount', { count })}
    </button>
  )
}
