import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from 'react'

const keyStepPx = 16

/**
 * The edge between two planes: drag it, or move it by the arrow keys; a double click gives the default back. `grows` says
 * into which direction the sized plane gets larger.
 */
export function Splitter({
  label,
  grows,
  value,
  min,
  max,
  initial,
  scale = 1,
  onChange,
}: {
  readonly label: string
  readonly grows: 'right' | 'up'
  readonly value: number
  readonly min: number
  readonly max: number
  readonly initial: number
  /** Pixels on screen per unit of the value. */
  readonly scale?: number
  readonly onChange: (value: number) => void
}): ReactNode {
  const [start, setStart] = useState<{ at: number; value: number } | null>(null)
  const isVertical = grows === 'right'
  const set = (next: number): void => onChange(Math.round(Math.min(max, Math.max(min, next))))
  const position = (event: PointerEvent): number => (isVertical ? event.clientX : -event.clientY)

  const onKeyDown = (event: KeyboardEvent): void => {
    const by = isVertical ? { ArrowLeft: -1, ArrowRight: 1 } : { ArrowDown: -1, ArrowUp: 1 }
    const step = (by as Readonly<Record<string, number>>)[event.key]
    if (step === undefined) return
    event.preventDefault()
    set(value + step * keyStepPx)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: an <hr> cannot be moved
    <div
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={isVertical ? 'vertical' : 'horizontal'}
      aria-valuenow={Math.round(value)}
      aria-valuemin={min}
      aria-valuemax={Math.round(max)}
      className={`splitter splitter-${grows} no-drag`}
      onKeyDown={onKeyDown}
      onDoubleClick={() => set(initial)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        setStart({ at: position(event), value })
      }}
      onPointerMove={(event) => {
        if (start !== null) set(start.value + (position(event) - start.at) / scale)
      }}
      onPointerUp={() => setStart(null)}
      onPointerCancel={() => setStart(null)}
    />
  )
}
