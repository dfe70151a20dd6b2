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
  unlimited = '',
  error,
  hint = null,
  onChange,
}: {
  readonly label: string
  /** null is no limit at all, which is nobody's to warn of. */
  readonly value: number | null
  readonly limit: Limit
  readonly quantity: Quantity
  readonly step: number
  /** How it reads in the field, where that is more than what is typed. */
  readonly format?: (value: number) => string
  /** How no limit reads. */
  readonly unlimited?: string
  readonly error: string | null
  readonly hint?: string | null
  readonly onChange: (value: number) => void
}): ReactNode {
  const say = useSay()
  const warning = value === null ? null : overSensible(value, quantity, limit)
  return (
    <FormRow label={label} error={error} warning={warning === null ? null : say(warning)} hint={hint}>
      {(control) => (
        <Slider
          control={control}
          label={label}
          value={value ?? limit.max}
          min={limit.min}
          max={limit.max}
          step={step}
          tick={limit.sensible >= limit.max ? null : limit.sensible}
          format={(shown) => (value === null ? unlimited : format(shown))}
          parse={quantity.read}
          onChange={onChange}
        />
      )}
    </FormRow>
  )
}
