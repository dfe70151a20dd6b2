import type { ReactNode } from 'react'
import { useSay } from '../../say.tsx'

/** Which keys do what here. */
export function PaletteFoot(): ReactNode {
  const say = useSay()
  return (
    <footer className="palette-foot" aria-hidden="true">
      <span>
        <kbd className="key">↑</kbd>
        <kbd className="key">↓</kbd>
        {say('palette.move')}
      </span>
      <span>
        <kbd className="key">↩</kbd>
        {say('palette.do')}
      </span>
      <span>
        <kbd className="key">⇥</kbd>
        {say('palette.more')}
      </span>
      <span className="palette-escape">
        <kbd className="key">esc</kbd>
        {say('palette.close')}
      </span>
    </footer>
  )
}
