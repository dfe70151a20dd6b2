import type { ReactNode } from 'react'
import { isMac } from '../../keyboard/platform.ts'
import { shortcutText } from '../../keyboard/shortcuts.ts'
import { useSay } from '../../say.tsx'

/** The detail while no machine is selected: nothing but the way on. */
export function NothingChosen(): ReactNode {
  const say = useSay()
  return (
    <>
      <div className="pane-header drag-region" />
      <p className="nothing-chosen">{say('list.chooseOne', { keys: shortcutText('palette', isMac) })}</p>
    </>
  )
}
