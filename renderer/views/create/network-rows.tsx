import type { ReactNode } from 'react'
import { Checkbox } from '../../components/checkbox.tsx'
import { Segments } from '../../components/segments.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { useSay } from '../../say.tsx'
import { FormRow } from './form-row.tsx'
import type { PortRow } from './forwards.ts'
import { PortTable } from './port-table.tsx'

/** A machine's network as typed. */
export interface NetworkForm {
  readonly network: 'user' | 'none'
  readonly ports: readonly PortRow[]
  /** Ports of this computer that the guest may reach. */
  readonly hostPorts: string
  readonly localNetwork: boolean
}

/** A machine's network: whether it has one, which ports lead to the guest, and what the guest reaches where that is chosen. */
export function NetworkRows({
  form,
  isOwn,
  hasChoice = true,
  onChange,
  onLeave = () => {},
  problemOf,
}: {
  readonly form: NetworkForm
  /** It is Berth's own: TCP alone, and what the guest reaches is chosen. */
  readonly isOwn: boolean
  /** Whether it can be without one. */
  readonly hasChoice?: boolean
  readonly onChange: (change: Partial<NetworkForm>) => void
  readonly onLeave?: (field: string) => void
  readonly problemOf: (field: string) => string | null
}): ReactNode {
  const say = useSay()
  const isOn = form.network === 'user'
  return (
    <>
      {hasChoice && (
        <FormRow label={say('create.network')} hint={isOwn && isOn ? say('create.reach.rule') : null} isGroup>
          {() => (
            <Segments
              label={say('create.network')}
              value={form.network}
              segments={[
                { value: 'user', label: say('create.network.user') },
                { value: 'none', label: say('create.network.none') },
              ]}
              onChange={(network) => onChange({ network })}
            />
          )}
        </FormRow>
      )}
      {isOn && (
        <FormRow label={say('create.ports')} isGroup>
          {() => (
            <PortTable
              rows={form.ports}
              isTcpOnly={isOwn}
              isHostPortOptional={isOwn}
              onChange={(ports) => onChange({ ports })}
              onLeave={(index) => onLeave(`ports.${index}`)}
              problemOf={(index) => problemOf(`ports.${index}`)}
            />
          )}
        </FormRow>
      )}
      {isOn && isOwn && (
        <>
          <FormRow
            label={say('create.reach.hostPorts')}
            error={problemOf('hostPorts')}
            hint={say('create.reach.hostPorts.hint')}
          >
            {(control) => (
              <TextInput
                {...control}
                inputMode="numeric"
                placeholder={say('create.reach.hostPorts.none')}
                value={form.hostPorts}
                onChange={(event) => onChange({ hostPorts: event.currentTarget.value })}
                onBlur={() => onLeave('hostPorts')}
              />
            )}
          </FormRow>
          <FormRow label={say('create.reach.local')} isGroup>
            {() => (
              <Checkbox
                label={say('create.reach.local.allow')}
                hint={say('create.reach.local.hint')}
                isChecked={form.localNetwork}
                onChange={(localNetwork) => onChange({ localNetwork })}
              />
            )}
          </FormRow>
        </>
      )}
    </>
  )
}
