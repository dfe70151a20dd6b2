import type { ReactNode } from 'react'
import { Button } from '../../components/button.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { Select } from '../../components/select.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { useSay } from '../../say.tsx'
import { emptyPort, type PortRow } from './forwards.ts'

/** Ports of this computer that lead to the machine's. `problemOf` gives a row's problem once it was left. */
export function PortTable({
  rows,
  onChange,
  onLeave,
  problemOf,
  isContainer = false,
  isTcpOnly = false,
  isHostPortOptional = isContainer,
}: {
  readonly rows: readonly PortRow[]
  readonly onChange: (rows: readonly PortRow[]) => void
  readonly onLeave: (index: number) => void
  readonly problemOf: (index: number) => string | null
  /** Its tool may choose this computer's port, and the words differ. */
  readonly isContainer?: boolean
  readonly isTcpOnly?: boolean
  /** Left empty, a free one is chosen. */
  readonly isHostPortOptional?: boolean
}): ReactNode {
  const say = useSay()
  const inside = isContainer ? 'create.ports.insideContainer' : 'create.ports.inside'
  const set = (index: number, change: Partial<PortRow>): void =>
    onChange(rows.map((row, at) => (at === index ? { ...row, ...change } : row)))
  return (
    <div className="rows-table">
      {rows.map((row, index) => {
        const problem = problemOf(index)
        const invalid = problem === null ? {} : { 'aria-invalid': true as const }
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity, and keep their order
          <fieldset key={index} className="rows-row" aria-label={say('create.ports.row', { row: index + 1 })}>
            <div className="rows-line">
              <TextInput
                {...invalid}
                inputMode="numeric"
                aria-label={say('create.ports.here')}
                placeholder={isHostPortOptional ? say('create.ports.any') : say('create.ports.here')}
                value={row.hostPort}
                onChange={(event) => set(index, { hostPort: event.currentTarget.value })}
                onBlur={() => onLeave(index)}
              />
              <span className="rows-arrow" aria-hidden="true">
                →
              </span>
              <TextInput
                {...invalid}
                inputMode="numeric"
                aria-label={say(inside)}
                placeholder={say(inside)}
                value={row.guestPort}
                onChange={(event) => set(index, { guestPort: event.currentTarget.value })}
                onBlur={() => onLeave(index)}
              />
              {!isTcpOnly && (
                <span className="rows-narrow">
                  <Select
                    label={say('create.ports.protocol')}
                    value={row.protocol}
                    options={[
                      { value: 'tcp', label: 'TCP' },
                      { value: 'udp', label: 'UDP' },
                    ]}
                    onChange={(protocol) => set(index, { protocol })}
                  />
                </span>
              )}
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
      <Button size="small" icon="plus" className="rows-add" onClick={() => onChange([...rows, emptyPort])}>
        {say(isContainer ? 'create.ports.addContainer' : 'create.ports.add')}
      </Button>
    </div>
  )
}
