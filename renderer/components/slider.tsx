import { type CSSProperties, type ReactNode, useEffect, useState } from 'react'
import './field.css'
import type { FieldControl } from './field.tsx'
import { TextInput } from './text-input.tsx'

const positions = 1000

/**
 * A number chosen by hand or typed. The tick marks what leaves room for everything else; the range is logarithmic where it
 * spans more than a hundredfold, so that small values can be hit. What is typed is taken on leaving the field or Enter.
 */
export function Slider({
  label,
  value,
  min,
  max,
  step = 1,
  tick,
  format,
  parse,
  onChange,
  control,
}: {
  readonly label: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly step?: number
  /** The sensible limit; null draws none. */
  readonly tick: number | null
  readonly format: (value: number) => string
  /** Null when the text is no such number: the field then goes back. A number beyond the range is passed on. */
  readonly parse: (text: string) => number | null
  readonly onChange: (value: number) => void
  readonly control?: FieldControl
}): ReactNode {
  const shown = format(value)
  const [text, setText] = useState(shown)
  useEffect(() => setText(shown), [shown])

  const isLogarithmic = min > 0 && max / min > 100
  const toShare = (number: number): number => {
    if (max <= min) return 0
    const bounded = Math.min(max, Math.max(min, number))
    return isLogarithmic ? Math.log(bounded / min) / Math.log(max / min) : (bounded - min) / (max - min)
  }
  const fromShare = (share: number): number => {
    const raw = isLogarithmic ? min * (max / min) ** share : min + (max - min) * share
    return Math.min(max, Math.max(min, Math.round(raw / step) * step))
  }
  const take = (): void => {
    // What is shown is rounded: leaving the field as it is changes nothing.
    const number = text === shown ? null : parse(text)
    setText(shown)
    if (number !== null) onChange(number)
  }
  // A key press must move the value even where one position of the range is less than one step.
  const nudge = (by: number): void => onChange(Math.min(max, Math.max(min, (Math.round(value / step) + by) * step)))

  return (
    <span className="slider">
      <span className="slider-track">
        <input
          type="range"
          aria-label={label}
          aria-valuetext={shown}
          min={0}
          max={positions}
          value={Math.round(toShare(value) * positions)}
          onChange={(event) => onChange(fromShare(event.currentTarget.valueAsNumber / positions))}
          onKeyDown={(event) => {
            const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 8, PageDown: -8 }[event.key]
            if (by === undefined) return
            event.preventDefault()
            nudge(by)
          }}
          style={{ '--filled': `${toShare(value) * 100}%` } as CSSProperties}
        />
        {tick !== null && <i className="slider-tick" style={{ '--tick': toShare(tick) } as CSSProperties} />}
      </span>
      <TextInput
        {...control}
        aria-label={label}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.nativeEvent.isComposing) take()
        }}
      />
    </span>
  )
}
