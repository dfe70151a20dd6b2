import { type ReactNode, useId } from 'react'
import './small-parts.css'

/**
 * How far something is. Without a fraction it is a still third, and what is waited for must stand beside it. A screen
 * reader hears quarters only, so that it is not talked over.
 */
export function ProgressBar({
  fraction,
  label,
  isWide = false,
}: {
  readonly fraction: number | null
  readonly label: string
  /** Takes the room there is. */
  readonly isWide?: boolean
}): ReactNode {
  const id = useId()
  const quarter = fraction === null ? null : Math.floor(fraction * 4) * 25
  return (
    <span
      id={id}
      role="progressbar"
      aria-label={label}
      className={`progress-bar ${fraction === null ? 'progress-bar-unknown' : ''} ${isWide ? 'progress-bar-wide' : ''}`}
      {...(quarter === null ? {} : { 'aria-valuenow': quarter, 'aria-valuemin': 0, 'aria-valuemax': 100 })}
    >
      <i style={fraction === null ? undefined : { width: `${Math.min(1, Math.max(0, fraction)) * 100}%` }} />
    </span>
  )
}
