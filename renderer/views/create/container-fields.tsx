import type { ReactNode } from 'react'
import type { ContainerCreateOptions } from '../../../app/domain/spec.ts'
import { Button } from '../../components/button.tsx'
import { Segments } from '../../components/segments.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { useSay } from '../../say.tsx'
import type { ContainerForm } from './container-form.ts'
import { ContainerMore } from './container-more.tsx'
import { FormRow } from './form-row.tsx'
import { ImageList } from './image-list.tsx'
import { PortTable } from './port-table.tsx'

/** The form of a new container. */
export function ContainerFields({
  form,
  options,
  provider,
  onChange,
  problemOf,
  onLeave,
  isMoreOpen,
  onMore,
}: {
  readonly form: ContainerForm
  readonly options: ContainerCreateOptions
  /** Its name: it chooses the container's name where none is typed. */
  readonly provider: string
  readonly onChange: (change: Partial<ContainerForm>) => void
  readonly problemOf: (field: string) => string | null
  readonly onLeave: (field: string) => void
  readonly isMoreOpen: boolean
  readonly onMore: (isOpen: boolean) => void
}): ReactNode {
  const say = useSay()
  return (
    <>
      <FormRow label={say('create.image')} isGroup error={problemOf('image')}>
        {() => (
          <ImageList
            value={form.image}
            images={options.images}
            isInvalid={problemOf('image') !== null}
            onChange={(image) => onChange({ image })}
            onLeave={() => onLeave('image')}
          />
        )}
      </FormRow>
      <FormRow label={say('create.name')} error={problemOf('name')}>
        {(control) => (
          <TextInput
            {...control}
            placeholder={say('create.name.byTool', { provider })}
            value={form.name}
            onChange={(event) => onChange({ name: event.currentTarget.value, isNameTyped: true })}
            onBlur={() => onLeave('name')}
          />
        )}
      </FormRow>
      <FormRow label={say('create.command')} error={problemOf('command')}>
        {(control) => (
          <TextInput
            {...control}
            className="mono"
            placeholder={say('create.command.placeholder')}
            value={form.command}
            onChange={(event) => onChange({ command: event.currentTarget.value })}
            onBlur={() => onLeave('command')}
          />
        )}
      </FormRow>
      <FormRow label={say('create.terminal')} isGroup hint={say(`create.terminal.${form.terminal}.hint`)}>
        {() => (
          <Segments
            label={say('create.terminal')}
            value={form.terminal}
            segments={(['auto', 'yes', 'no'] as const).map((value) => ({
              value,
              label: say(`create.terminal.${value}`),
            }))}
            onChange={(terminal) => onChange({ terminal })}
          />
        )}
      </FormRow>
      <FormRow label={say('create.ports')} isGroup>
        {() => (
          <PortTable
            isContainer
            rows={form.ports}
            onChange={(ports) => onChange({ ports })}
            onLeave={(index) => onLeave(`ports.${index}`)}
            problemOf={(index) => problemOf(`ports.${index}`)}
          />
        )}
      </FormRow>
      <Button
        kind="quiet"
        size="small"
        className="form-more disclosure"
        icon={isMoreOpen ? 'down' : 'right'}
        aria-expanded={isMoreOpen}
        onClick={() => onMore(!isMoreOpen)}
      >
        {say('create.moreContainer')}
      </Button>
      {isMoreOpen && (
        <ContainerMore form={form} options={options} onChange={onChange} problemOf={problemOf} onLeave={onLeave} />
      )}
    </>
  )
}
