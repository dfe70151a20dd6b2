import { type ReactNode, useEffect, useState } from 'react'
import { type PermitContext, permit } from '../../../app/domain/permit.ts'
import type { ConfigureField, ConfigureSpec, Limit, MachineConfiguration } from '../../../app/domain/spec.ts'
import { GB, GiB } from '../../../app/domain/units.ts'
import { call } from '../../actions/call.ts'
import { configureMachine, shutDownMachine } from '../../actions/machines.ts'
import { Button } from '../../components/button.tsx'
import { Checkbox } from '../../components/checkbox.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Icon } from '../../components/icon.tsx'
import { Select } from '../../components/select.tsx'
import { useSay } from '../../say.tsx'
import { restartPolicies } from '../create/container-more.tsx'
import { DiscField } from '../create/disc-field.tsx'
import { FormRow } from '../create/form-row.tsx'
import { NetworkRows } from '../create/network-rows.tsx'
import { cores, disk, memory } from '../create/quantities.ts'
import { QuantityRow } from '../create/quantity-row.tsx'
import { SharedFolderField } from '../create/shared-folder-field.tsx'
import { errorActions } from './error-actions.ts'
import { ErrorCard } from './error-card.tsx'
import { type SettingsForm, settingsChanges, settingsForm } from './settings-form.ts'
import './settings-tab.css'
import { useAnswer } from './use-answer.ts'

/** As the create form has them. */
const order: readonly ConfigureField[] = [
  'cpus',
  'memoryBytes',
  'diskBytes',
  'isoPath',
  'network',
  'graphics',
  'restart',
  'serialConsole',
  'ownWindow',
  'liveScreen',
  'sharedFolder',
]

/** A machine's settings: the create form with the present values. Nothing changes before Save. */
export function SettingsTab({ context }: { readonly context: PermitContext }): ReactNode {
  const say = useSay()
  const { machine, task } = context
  const key = `${machine.state} ${machine.cpus} ${machine.memoryBytes} ${task?.verb}`
  const { value, error, again } = useAnswer(machine.id, key, () => call('machine.configuration', { id: machine.id }))
  if (value === null) {
    if (error === null) return null
    return (
      <div className="machine-settings">
        <ErrorCard
          title={{ key: 'settings.machine.failed', params: { name: machine.name } }}
          error={error}
          taskId={null}
          tool={context.endpoint.label}
          actions={errorActions(error.code, { verb: null, state: null, canRetry: true })}
          onAction={again}
          onClose={null}
        />
      </div>
    )
  }
  if (value.fields.length === 0) return <EmptyState title={say('settings.machine.none')} />
  return <Form key={JSON.stringify(value.values)} configuration={value} context={context} />
}

function Form({
  configuration,
  context,
}: {
  readonly configuration: MachineConfiguration
  readonly context: PermitContext
}): ReactNode {
  const say = useSay()
  const { machine, task } = context
  const [form, setForm] = useState<SettingsForm>(() => settingsForm(configuration))
  const [isSaving, setSaving] = useState(false)
  useEffect(() => {
    if (task === null) setSaving(false)
  }, [task])
  const { changes, changed, problems } = settingsChanges(form, configuration)
  const isStopped = machine.state === 'stopped' || machine.state === 'crashed'
  const fields = order.filter((field) => configuration.fields.includes(field) || isShownWithheld(field, configuration))
  const closed = isStopped ? [] : fields.filter((field) => configuration.whileStopped.includes(field))
  const open = fields.filter((field) => !closed.includes(field))
  const permission = permit('configure', context)
  const shutDown = permit('shutDown', context)
  const change = (part: Partial<SettingsForm>): void => setForm((before) => ({ ...before, ...part }))
  const saveReason =
    permission.kind !== 'allowed'
      ? say(permission.reason)
      : isSaving
        ? say('why.task.configure')
        : changed.length === 0
          ? say('settings.machine.saved')
          : problems.size > 0
            ? say('create.problems', { count: problems.size })
            : null
  const rows = (fields: readonly ConfigureField[]): ReactNode =>
    fields.map((field) => (
      <FieldRow
        key={field}
        field={field}
        form={form}
        configuration={configuration}
        onChange={change}
        problemOf={(name) => {
          const problem = problems.get(name)
          return problem === undefined ? null : say(problem)
        }}
      />
    ))
  return (
    <div className="machine-settings">
      {open.length > 0 && <div className="form">{rows(open)}</div>}
      {closed.length > 0 && (
        <>
          <p className="notice notice-info">
            <Icon name="info" />
            <span>
              {say('settings.machine.stopFirst', {
                fields: closed.map((field) => say(`settings.field.${field}`)).join(', '),
              })}
            </span>
            {shutDown.kind !== 'absent' && (
              <Button
                size="small"
                reason={shutDown.kind === 'refused' ? say(shutDown.reason) : null}
                onClick={() => void shutDownMachine(machine.id)}
              >
                {say('settings.machine.shutDownFirst')}
              </Button>
            )}
          </p>
          {/* Shown as they are; one sentence above says when they can be changed. */}
          <div className="form machine-settings-closed" inert>
            {rows(closed)}
          </div>
        </>
      )}
      <footer className="machine-settings-end">
        <span className="small quiet-text">
          {changed.length === 0
            ? say('settings.machine.saved')
            : say('settings.machine.changed', { count: changed.length })}
        </span>
        <Button
          reason={changed.length === 0 ? say('settings.machine.saved') : null}
          onClick={() => setForm(settingsForm(configuration))}
        >
          {say('settings.machine.revert')}
        </Button>
        <Button
          kind="primary"
          reason={saveReason}
          onClick={() => {
            setSaving(true)
            void configureMachine(machine.id, changes).then((taskId) => taskId === null && setSaving(false))
          }}
        >
          {say('settings.machine.save')}
        </Button>
      </footer>
    </div>
  )
}

function FieldRow({
  field,
  form,
  configuration,
  onChange,
  problemOf,
}: {
  readonly field: ConfigureField
  readonly form: SettingsForm
  readonly configuration: MachineConfiguration
  readonly onChange: (change: Partial<SettingsForm>) => void
  readonly problemOf: (field: string) => string | null
}): ReactNode {
  const say = useSay()
  const { limits, values, withheld } = configuration
  const reason = withheld?.[field]
  const unlimited = say('settings.machine.noLimit')
  switch (field) {
    case 'cpus': {
      const limit = limits.cpus ?? wide
      return (
        <QuantityRow
          label={say('create.cpus')}
          value={form.cpus}
          limit={limit}
          quantity={cores}
          step={1}
          format={(count) => say('create.cpus.value', { count })}
          unlimited={unlimited}
          error={problemOf('cpus')}
          onChange={(cpus) => onChange({ cpus })}
        />
      )
    }
    case 'memoryBytes': {
      const limit = limits.memoryBytes ?? wide
      return (
        <QuantityRow
          label={say('create.memory')}
          value={form.memoryBytes}
          limit={limit}
          quantity={memory}
          step={GiB / 4}
          unlimited={unlimited}
          error={problemOf('memoryBytes')}
          onChange={(memoryBytes) => onChange({ memoryBytes })}
        />
      )
    }
    case 'diskBytes': {
      if (reason !== undefined) {
        return (
          <FormRow label={say('create.disk')} hint={say(reason)} isGroup>
            {() => <span>{disk.write(values.diskBytes ?? 0)}</span>}
          </FormRow>
        )
      }
      const limit = limits.diskBytes ?? wide
      const min = values.diskBytes ?? limit.min
      return (
        <QuantityRow
          label={say('create.disk')}
          value={form.diskBytes ?? min}
          limit={{ ...limit, min, max: Math.max(limit.max, min) }}
          quantity={disk}
          step={GB}
          hint={say('settings.machine.grows')}
          error={problemOf('diskBytes')}
          onChange={(diskBytes) => onChange({ diskBytes })}
        />
      )
    }
    case 'isoPath':
      return <DiscField path={form.isoPath} onChange={(isoPath) => onChange({ isoPath })} />
    case 'network':
      if (reason !== undefined) return <NetworkAsItIs network={values.network} reason={say(reason)} />
      return (
        <NetworkRows form={form} isOwn={configuration.ownNetwork === true} onChange={onChange} problemOf={problemOf} />
      )
    case 'graphics': {
      const cards = configuration.graphics ?? []
      const about = cards.find(({ id }) => id === form.graphics)?.about
      return (
        <FormRow label={say('settings.field.graphics')} hint={about === undefined ? null : say(about)}>
          {(control) => (
            <Select
              control={control}
              value={form.graphics ?? ''}
              options={cards.map(({ id, label }) => ({ value: id, label }))}
              onChange={(graphics) => onChange({ graphics })}
            />
          )}
        </FormRow>
      )
    }
    case 'serialConsole':
      return (
        <FormRow label={say('create.console')} isGroup>
          {() => (
            <Checkbox
              label={say('create.console.serial')}
              isChecked={form.serialConsole}
              onChange={(serialConsole) => onChange({ serialConsole })}
            />
          )}
        </FormRow>
      )
    case 'ownWindow':
      return (
        <FormRow label={say('settings.field.ownWindow')} isGroup>
          {() => (
            <Checkbox
              label={say('settings.ownWindow')}
              hint={say('settings.ownWindow.hint')}
              isChecked={form.ownWindow}
              reason={reason === undefined ? null : say(reason)}
              onChange={(ownWindow) => onChange({ ownWindow })}
            />
          )}
        </FormRow>
      )
    case 'liveScreen':
      return (
        <FormRow label={say('settings.field.liveScreen')} isGroup>
          {() => (
            <Checkbox
              label={say('settings.liveScreen')}
              hint={say('settings.liveScreen.hint')}
              isChecked={form.liveScreen}
              reason={reason === undefined ? null : say(reason)}
              onChange={(liveScreen) => onChange({ liveScreen })}
            />
          )}
        </FormRow>
      )
    case 'sharedFolder':
      return <SharedFolderField form={form} error={problemOf('sharedFolder')} onChange={onChange} />
    case 'restart':
      return (
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
      )
  }
}

function NetworkAsItIs({
  network,
  reason,
}: {
  readonly network: ConfigureSpec['network']
  readonly reason: string
}): ReactNode {
  const say = useSay()
  const forwards = network?.mode === 'user' ? network.forwards : []
  return (
    <FormRow label={say('create.network')} hint={reason} isGroup>
      {() => (
        <div>
          <span>{say(network?.mode === 'none' ? 'create.network.none' : 'create.network.user')}</span>
          {forwards.map(({ protocol, hostAddress, hostPort, guestPort }) => (
            <div key={`${protocol} ${hostAddress} ${hostPort}`} className="mono">
              {`${hostAddress === '' ? '' : `${hostAddress}:`}${hostPort} → ${guestPort}/${protocol}`}
            </div>
          ))}
        </div>
      )}
    </FormRow>
  )
}

/** What can't be changed is shown with its reason, where it has a value. */
function isShownWithheld(field: ConfigureField, { withheld, values }: MachineConfiguration): boolean {
  return withheld?.[field] !== undefined && values[field] !== undefined
}

/** Where a provider gives no limits the schema's hold. */
const wide: Limit = { min: 1, max: Number.MAX_SAFE_INTEGER, sensible: Number.MAX_SAFE_INTEGER, default: 1 }
