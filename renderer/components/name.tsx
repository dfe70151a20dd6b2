import type { ReactNode } from 'react'
import { shortId, showControls, splitName } from '../format/names.ts'
import './small-parts.css'

/**
 * A name on one line: isolated, cut in the middle where its last part tells it from its sisters, control characters shown.
 * Without a name it is the id, in mono. The whole name is in the tooltip when it does not fit.
 */
export function Name({
  name,
  fallback = '',
  className = '',
}: {
  readonly name: string
  /** Shown when the name is empty: the id. */
  readonly fallback?: string
  readonly className?: string
}): ReactNode {
  const shown = showControls(name.trim() === '' ? shortId(fallback) : name)
  const { head, tail } = splitName(shown)
  return (
    <bdi dir="auto" className={`name ${name.trim() === '' ? 'mono ' : ''}${className}`} data-tip-cut={shown}>
      <span className="name-head">{head}</span>
      {tail !== '' && <span className="name-tail">{tail}</span>}
    </bdi>
  )
}
