import type { ReactNode } from 'react'
import { Button } from '../../components/button.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { useSay } from '../../say.tsx'
import { emptyVariable, pastedVariables, type VariableRow } from './container-form.ts'

/** Environment variables. Lines of NAME=value pasted into a name are spread over rows. */
export function VariableTable({
  rows,
  onChange,
  onLeave,
  problemOf,
}: {
  readonly rows: readonly VariableRow[]
  readonly onChange: (rows: readonly VariableRow[]) => void
  readonly onLeave: (index: number) => void
  readonly problemOf: (index: number) => string | null
}): ReactNode {
  const say = useSay()
  const set = (index: number, change: Partial<VariableRow>): void =>
    onChange(rows.map((row, at) => (at === index ? { ...row, ...change } : row)))
  return (
    <div className="rows-table">
      {rows.map((row, index) => {
        const problem = problemOf(index)
        const invalid = problem === null ? {} : { 'aria-invalid': true as const }
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity, and keep their order
          <fieldset key={index} className="rows-row" aria-label={say('create.environment.row', { row: index + 1 })}>
            <div className="rows-line">
              <TextInput
                {...invalid}
                className="mono"
                aria-label={say('create.environment.name')}
                placeholder={say('create.environment.name')}
                value={row.name}
                onPaste={(event) => {
                  const pasted = pastedVariables(event.clipboardData.getData('text'))
                  if (pasted === null) return
                  event.preventDefault()
                  onChange([...rows.slice(0, index), ...pasted, ...rows.slice(index + 1)])
                }}
                onChange={(event) => set(index, { name: event.currentTarget.value })}
                onBlur={() => onLeave(index)}
              />
              <span className="rows-arrow" aria-hidden="true">
                =
              </span>
              <TextInput
                className="mono"
                aria-label={say('create.environment.value')}
                placeholder={say('create.environment.value')}
                value={row.value}
                onChange={(event) => set(index, { value: event.currentTarget.value })}
                onBlur={() => onLeave(index)}
              />
              <IconButton
                icon="close"
                label={say('create.row.remove', { row: index + 1 })}
                onClick={() => onChange(rows.filter((_, at) => at !== index))}
              />
            </div>
            {problem !== null && (
              <p className="form-below field-error" role="alert">
                {problem}
              </p>
            )}
          </fieldset>
        )
      })}
      <Button size="small" icon="plus" className="rows-add" onClick={() => onChange([...rows, emptyVariable])}>
        {say('create.environment.add')}
      </Button>
    </div>
  )
}
