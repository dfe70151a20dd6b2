import type { ReactNode } from 'react'

const widths = ['58%', '40%', '70%']

/** Stands where a machine will. `top` places it in the virtual list; without it it stands in the flow. */
export function SkeletonRow({ index, top }: { readonly index: number; readonly top?: number }): ReactNode {
  return (
    <div
      role="presentation"
      className="row row-skeleton"
      style={top === undefined ? undefined : { transform: `translateY(${top}px)` }}
    >
      <i className="skeleton skeleton-mark" />
      <i className="skeleton" style={{ width: widths[index % widths.length] }} />
    </div>
  )
}
