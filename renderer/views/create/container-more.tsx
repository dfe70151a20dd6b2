import type { ReactNode } from 'react'
import type { ContainerCreateOptions } from '../../../app/domain/spec.ts'
import { Segments } from '../../components/segments.tsx'
import { Select } from '../../components/select.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { useSay } from '../../say.tsx'
import type { ContainerForm } from './container-form.ts'
import { FormRow } from './form-row.tsx'
import { MountTable } from './mount-table.tsx'
import { VariableTable } from './variable-table.tsx'

export const restartPolicies = ['no', 'on-failure', 'always', 'unless-stopped'] as const

/** Of a new container's form, what most leave as it is. */
export function ContainerMore({
  form,
  options,
  onChange,
  problemOf,
  onLeave,
}: {
  readonly form: ContainerForm
  readonly options: ContainerCreateOptions
  readonly onChange: (change: Partial<ContainerForm>) => void
  readonly problemOf: (field: string) => string | null
  readonly onLeave: (field: string) => void
}): ReactNode {
  const say = useSay()
  const typed = (
    field: 'cpus' | 'memory' | 'user' | 'workingFolder',
    label: string,
    placeholder: string,
    hint: string | null = null,
  ): ReactNode => (
    <FormRow label={label} error={problemOf(field)} hint={hint}>
      {(control) => (
        <TextInput
          {...control}
          placeholder={placeholder}
          value={form[field]}
          onChange={(event) => onChange({ [field]: event.currentTarget.value })}
          onBlur={() => onLeave(field)}
        />
      )}
    </FormRow>
  )
  return (
    <>
      {typed('cpus', say('create.container.cpus'), say('create.noLimit'))}
      {typed('memory', say('create.container.memory'), say('create.noLimit'), say('create.container.memory.hint'))}
      <FormRow label={say('create.network')}>
        {(control) => (
          <Select
            control={control}
            value={form.network}
            options={[
              { value: '', label: say('create.network.default') },
              ...(options.networks ?? []).map((name) => ({ value: name, label: name })),
            ]}
            onChange={(network) => onChange({ network })}
          />
        )}
      </FormRow>
      {typed('user', say('create.container.user'), say('create.command.placeholder'))}
      {typed('workingFolder', say('create.container.workingFolder'), say('create.command.placeholder'))}

      <FormRow label={say('create.mounts')} isGroup>
        {() => (
          <MountTable
            rows={form.mounts}
            volumes={options.volumes}
            onChange={(mounts) => onChange({ mounts })}
            onLeave={(index) => onLeave(`mounts.${index}`)}
            problemOf={(index) => problemOf(`mounts.${index}`)}
          />
        )}
      </FormRow>
      <FormRow label={say('create.environment')} isGroup>
        {() => (
          <VariableTable
            rows={form.variables}
            onChange={(variables) => onChange({ variables })}
            onLeave={(index) => onLeave(`environment.${index}`)}
            problemOf={(index) => problemOf(`environment.${index}`)}
          />
        )}
      </FormRow>
      <FormRow label={say('create.restart')}>
        {(control) => (
          <Select
            control={control}
            value={form.restart}
            options={restartPolicies.map((value) => ({ value, label: say(`create.restart.${value}`) }))}
            onChange={(restart) => onChange({ restart })}
          />
        )}
      </FormRow>
      <FormRow label={say('create.pull')} isGroup>
        {() => (
          <Segments
            label={say('create.pull')}
            value={form.pull}
            segments={(['missing', 'always', 'never'] as const).map((value) => ({
              value,
              label: say(`create.pull.${value}`),
            }))}
            onChange={(pull) => onChange({ pull })}
          />
        )}
      </FormRow>
    </>
  )
}
