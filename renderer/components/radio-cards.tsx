import { type ReactNode, useId } from 'react'
import './field.css'

export interface RadioCard<T extends string> {
  readonly value: T
  readonly label: ReactNode
  readonly hint?: ReactNode
  /** Why it cannot be chosen: takes the hint's place. */
  readonly reason?: string | null
}

/** A few choices that need a sentence each. */
export function RadioCards<T extends string>({
  label,
  value,
  cards,
  onChange,
}: {
  readonly label: string
  readonly value: T | null
  readonly cards: readonly RadioCard<T>[]
  readonly onChange: (value: T) => void
}): ReactNode {
  const name = useId()
  return (
    <div role="radiogroup" aria-label={label} className="radio-cards">
      {cards.map((card) => {
        const reason = card.reason ?? null
        const below = reason ?? card.hint
        const id = `${name}-${card.value}`
        return (
          <label key={card.value} className={`radio-card ${reason === null ? '' : 'radio-card-off'}`}>
            <input
              type="radio"
              name={name}
              checked={card.value === value}
              onChange={() => reason === null && onChange(card.value)}
              {...(reason === null ? {} : { 'aria-disabled': true })}
              {...(below === undefined ? {} : { 'aria-describedby': id })}
            />
            <span>
              {card.label}
              {below !== undefined && <small id={id}>{below}</small>}
            </span>
          </label>
        )
      })}
    </div>
  )
}
