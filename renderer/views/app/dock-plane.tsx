import { type ReactNode, useEffect } from 'react'
import { useSay } from '../../say.tsx'
import { followConsoles, useConsoles } from '../../store/consoles.ts'
import { fetched } from './fetched.tsx'
import { defaultSizesFor, sizeLimits } from './sizes.ts'
import { Splitter } from './splitter.tsx'
import { useLayout } from './use-layout.ts'

export const TerminalDock = fetched(async () => (await import('../terminals/dock.tsx')).TerminalDock)

/** What stays in view above the dock: a header and a few rows. */
const minAbovePx = 160

/** The terminals' plane, fetched when it is first opened. Sessions live in main: hiding it ends nothing. */
export function DockPlane({
  heightPx,
  onResize,
}: {
  readonly heightPx: number
  readonly onResize: (heightPx: number) => void
}): ReactNode {
  const say = useSay()
  const { widthPx } = useLayout()
  const isOpen = useConsoles((state) => state.isDockOpen)
  const isFilled = useConsoles((state) => state.isDockFilled)
  useEffect(followConsoles, [])
  if (!isOpen) return null
  const greatest = Math.min(sizeLimits.dock[1], Math.max(sizeLimits.dock[0], window.innerHeight - minAbovePx))
  const height = Math.min(heightPx, greatest)
  return (
    <section
      className={`plane plane-dock ${isFilled ? 'plane-dock-filled' : ''}`}
      style={isFilled ? undefined : { height }}
      aria-label={say('pane.dock')}
      data-pane="dock"
    >
      <TerminalDock />
      {!isFilled && (
        <Splitter
          label={say('dock.resize')}
          grows="up"
          value={height}
          min={sizeLimits.dock[0]}
          max={greatest}
          initial={defaultSizesFor(widthPx).dock}
          onChange={onResize}
        />
      )}
    </section>
  )
}
