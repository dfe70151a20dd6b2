import type { ReactNode } from 'react'
import { isMac } from '../../keyboard/platform.ts'
import { shortcutText } from '../../keyboard/shortcuts.ts'
import { useSay } from '../../say.tsx'
import { useApp } from '../../store/store.ts'

/** The detail while no machine is selected: nothing but the way on, which is the list’s to say while there is none. */
export function NothingChosen(): ReactNode {
  const say = useSay()
  const hasMachines = useApp((state) => state.inventory.machines.size > 0)
  return (
    <>
      <div className="pane-header drag-region" />
      {hasMachines && (
        <p className="nothing-chosen">{say('list.chooseOne', { keys: shortcutText('palette', isMac) })}</p>
      )}
    </>
  )
}
