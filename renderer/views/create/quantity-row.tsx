import type { ReactNode } from 'react'
import type { Limit } from '../../../app/domain/spec.ts'
import { Slider } from '../../components/slider.tsx'
import { useSay } from '../../say.tsx'
import { FormRow } from './form-row.tsx'
import { overSensible } from './problems.ts'
import type { Quantity } from './quantities.ts'

/** A quantity on its slider: over the tick it says so and stays allowed, beyond the limits it is a problem. */
export function QuantityRow({
  label,
  value,
  limit,
  quantity,
  step,
  format = quantity.write,
  error,
  hint = null,
  onChange,
}: {
  readonly label: string
  readonly value: number
  readonly limit: Limit
  readonly quantity: Quantity
  readonly step: number
  /** How it reads in the field, where that is more than what is typed. */
  readonly format?: (value: number) => string
  readonly error: string | null
  readonly hint?: string | null
  readonly onChange: (value: number) => void
}): ReactNode {
  const say = useSay()
  const warning = overSensible(value, quantity, limit)
  return (
    <FormRow label={label} error={error} warning={warning === null ? null : say(warning)} hint={hint}>
      {(control) => (
        <Slider
          control={control}
          label={label}
          value={value}
          min={limit.min}
          max={limit.max}
          step={step}
          tick={limit.sensible >= limit.max ? null : limit.sensible}
          format={format}
          parse={quantity.read}
          onChange={onChange}
        />
      )}
    </FormRow>
  )
}
