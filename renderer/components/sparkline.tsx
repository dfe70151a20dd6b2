import type { ReactNode } from 'react'
import './small-parts.css'

const width = 96
const height = 30

/**
 * A short history, oldest first, null where nothing is known. It shifts by one sample; the newest stands at the end.
 * `max` is the top of the scale; without it the highest value is.
 */
export function Sparkline({
  values,
  length,
  max,
}: {
  readonly values: readonly (number | null)[]
  /** Samples the whole width stands for. */
  readonly length: number
  readonly max?: number | undefined
}): ReactNode {
  const top = Math.max(max ?? 0, ...values.map((value) => value ?? 0)) || 1
  const step = width / (length - 1)
  const first = length - values.length
  const points = values.flatMap((value, index) =>
    value === null ? [] : [{ x: (first + index) * step, y: height - 1 - (value / top) * (height - 4) }],
  )
  const start = points[0]
  const end = points.at(-1)
  if (start === undefined || end === undefined) return <svg className="sparkline" aria-hidden="true" />
  const line = points.map((point, index) => `${index === 0 ? 'M' : 'L'}${point.x.toFixed(1)} ${point.y.toFixed(1)}`)
  return (
    <svg className="sparkline" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <path
        className="sparkline-area"
        d={`${line.join('')}L${end.x.toFixed(1)} ${height}L${start.x.toFixed(1)} ${height}Z`}
      />
      <path className="sparkline-line" d={line.join('')} />
    </svg>
  )
}
