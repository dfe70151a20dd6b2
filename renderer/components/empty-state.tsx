import type { ReactNode } from 'react'
import './small-parts.css'

/** Nothing to show: what that means in one sentence, and the way on. No picture. */
export function EmptyState({
  title,
  children,
  actions,
}: {
  readonly title?: ReactNode
  readonly children?: ReactNode
  readonly actions?: ReactNode
}): ReactNode {
  return (
    <div className="empty-state">
      {title !== undefined && <p className="empty-state-title">{title}</p>}
      {children !== undefined && <div>{children}</div>}
      {actions !== undefined && <div className="empty-state-actions">{actions}</div>}
    </div>
  )
}
