import type { ReactNode } from 'react'
import { type DiskFormat, diskFormats, type Limit, type VmCreateOptions } from '../../../app/domain/spec.ts'
import { formatBytes, GB, GiB, MiB } from '../../../app/domain/units.ts'
import { Button } from '../../components/button.tsx'
import { Checkbox } from '../../components/checkbox.tsx'
import { RadioCards } from '../../components/radio-cards.tsx'
import { Segments } from '../../components/segments.tsx'
import { Select } from '../../components/select.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { useLocale, useSay } from '../../say.tsx'
import { BiosRows } from './bios-rows.tsx'
import { DiscField } from './disc-field.tsx'
import { FormRow } from './form-row.tsx'
import { ImageAsks } from './image-asks.tsx'
import { NetworkRows } from './network-rows.tsx'
import { guessFormat } from './propose.ts'
import { cores, disk, memory } from './quantities.ts'
import { QuantityRow } from './quantity-row.tsx'
import { SharedFolderField } from './shared-folder-field.tsx'
import { SourceList } from './source-list.tsx'
import {
  chosenGraphics,
  type FilledVmForm,
  graphicsCards,
  guessedOsType,
  guestOf,
  hasBlankDisk,
  hasOwnNetwork,
  type VmForm,
} from './vm-form.ts'

interface VmFieldsProps {
  readonly form: FilledVmForm
  readonly options: VmCreateOptions
  readonly taken: ReadonlySet<string>
  readonly onChange: (change: Partial<VmForm>) => void
  /** A field's problem, once the person left it. */
  readonly problemOf: (field: string) => string | null
  readonly onLeave: (field: string) => void
  readonly refusals: number
  readonly isMoreOpen: boolean
  readonly onMore: (isOpen: boolean) => void
}

/** The form of a new virtual machine. */
export function VmFields(props: VmFieldsProps): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const { form, options, taken, onChange, problemOf, onLeave, isMoreOpen, onMore } = props
  const guest = guestOf(form, options)
  const isBlankDisk = hasBlankDisk(form, options)
  const free = options.freeBytes === null ? null : formatBytes(options.freeBytes, locale)
  return (
    <>
      <GuestRow {...props} />
      {guest?.disc !== false && (
        <FormRow label={say('create.source')} isGroup error={problemOf('source')}>
          {() => <SourceList form={form} onChange={onChange} />}
        </FormRow>
      )}
      {form.source === 'image' && guest?.sources.includes('image') !== false && <ImageRows {...props} />}
      <FormRow
        label={say('create.name')}
        error={problemOf('name')}
        warning={taken.has(form.name.trim()) ? say('create.warn.name.taken', { name: form.name.trim() }) : null}
      >
        {(control) => (
          <TextInput
            {...control}
            dir="auto"
            maxLength={400}
            value={form.name}
            onChange={(event) => onChange({ name: event.currentTarget.value, isNameTyped: true })}
            onBlur={() => onLeave('name')}
          />
        )}
      </FormRow>
      <OsTypeRow {...props} />
      {options.cpus.max > options.cpus.min && (
        <QuantityRow
          label={say('create.cpus')}
          value={form.cpus}
          limit={options.cpus}
          quantity={cores}
          step={1}
          format={(count) => say('create.cpus.value', { count })}
          error={problemOf('cpus')}
          onChange={(cpus) => onChange({ cpus })}
        />
      )}
      <QuantityRow
        label={say('create.memory')}
        value={form.memoryBytes}
        limit={options.memoryBytes}
        quantity={memory}
        step={stepFor(options.memoryBytes, GiB / 4)}
        error={problemOf('memory')}
        onChange={(memoryBytes) => onChange({ memoryBytes })}
      />
      {isBlankDisk && (
        <QuantityRow
          label={say('create.disk')}
          value={form.diskBytes}
          limit={options.diskBytes}
          quantity={disk}
          step={stepFor(options.diskBytes, GB)}
          error={problemOf('disk')}
          hint={free === null ? say('create.disk.hintUnknown') : say('create.disk.hint', { free })}
          onChange={(diskBytes) => onChange({ diskBytes })}
        />
      )}
      {guest?.sharedFolder === true && (
        <SharedFolderField form={form} error={problemOf('sharedFolder')} onChange={onChange} />
      )}
      <Button
        kind="quiet"
        size="small"
        className="form-more disclosure"
        icon={isMoreOpen ? 'down' : 'right'}
        aria-expanded={isMoreOpen}
        onClick={() => onMore(!isMoreOpen)}
      >
        {say('create.more')}
      </Button>
      {isMoreOpen && <MoreRows {...props} />}
    </>
  )
}

/** A step that leaves more than a few places on the slider. */
function stepFor({ max }: Limit, usual: number): number {
  return max >= 16 * usual ? usual : MiB
}

/** What runs in it, where the provider lets one choose. */
function GuestRow({ form, options, onChange }: VmFieldsProps): ReactNode {
  const say = useSay()
  const guest = guestOf(form, options)
  if (guest === null) return null
  return (
    <FormRow label={say('create.guest')} isGroup>
      {() => (
        <RadioCards
          label={say('create.guest')}
          value={guest.id}
          cards={(options.guests ?? []).map(({ id, label, about, withheld }) => ({
            value: id,
            label: say(label),
            hint: say(about),
            reason: withheld === null ? null : say(withheld),
          }))}
          onChange={(id) => onChange({ guest: id })}
        />
      )}
    </FormRow>
  )
}

function ImageRows({ form, options, refusals, onChange, problemOf }: VmFieldsProps): ReactNode {
  const say = useSay()
  const guessed = guessFormat(form.imagePath)
  return (
    <>
      {options.diskUses === undefined && (
        <FormRow label={say('create.image.use')} isGroup>
          {() => (
            <RadioCards
              label={say('create.image.use')}
              value={form.imageUse}
              cards={[
                { value: 'copy', label: say('create.image.copy'), hint: say('create.image.copy.hint') },
                { value: 'in-place', label: say('create.image.inPlace'), hint: say('create.image.inPlace.hint') },
              ]}
              onChange={(imageUse) => onChange({ imageUse })}
            />
          )}
        </FormRow>
      )}
      <FormRow label={say('create.image.format')} error={problemOf('format')}>
        {(control) => (
          <Select<DiskFormat | 'guessed'>
            control={control}
            value={form.imageFormat ?? 'guessed'}
            options={[
              {
                value: 'guessed',
                label:
                  guessed === null
                    ? say('create.image.formatNone')
                    : say('create.image.formatGuessed', { format: guessed }),
              },
              ...(options.diskFormats ?? diskFormats).map((format) => ({ value: format, label: format })),
            ]}
            onChange={(format) => onChange({ imageFormat: format === 'guessed' ? null : format })}
          />
        )}
      </FormRow>
      <ImageAsks form={form} format={form.imageFormat ?? guessed} refusals={refusals} onChange={onChange} />
    </>
  )
}

/** The system in it, where the tool asks: guessed from the names until another is chosen. */
function OsTypeRow({ form, options, onChange }: VmFieldsProps): ReactNode {
  const say = useSay()
  const { osTypes } = options
  if (osTypes === undefined) return null
  const guessed = guessedOsType(form, options)
  return (
    <FormRow label={say('create.osType')}>
      {(control) => (
        <Select
          control={control}
          value={osTypes.some(({ id }) => id === form.osType) ? (form.osType ?? '') : ''}
          options={[
            { value: '', label: say('create.osType.guessed', { name: guessed?.label ?? '' }) },
            ...osTypes.map(({ id, label }) => ({ value: id, label })),
          ]}
          onChange={(osType) => onChange({ osType: osType === '' ? null : osType })}
        />
      )}
    </FormRow>
  )
}

function MoreRows(props: VmFieldsProps): ReactNode {
  const say = useSay()
  const { form, options, onChange, problemOf, onLeave } = props
  const architecture = options.architectures.find((option) => option.arch === form.arch)
  const guest = guestOf(form, options)
  const cards = graphicsCards(form, options)
  const card = chosenGraphics(form, options)
  return (
    <>
      <NetworkRows
        form={form}
        isOwn={hasOwnNetwork(guest)}
        hasChoice={hasOwnNetwork(guest) || options.networks === undefined}
        onChange={onChange}
        onLeave={onLeave}
        problemOf={problemOf}
      />
      <FormRow label={say('create.firmware')} isGroup error={problemOf('firmware')}>
        {() => (
          <Segments
            label={say('create.firmware')}
            value={form.firmware}
            segments={[
              { value: 'bios', label: say('create.firmware.bios') },
              {
                value: 'uefi',
                label: say('create.firmware.uefi'),
                reason: architecture?.noUefi == null ? null : say(architecture.noUefi),
              },
            ]}
            onChange={(firmware) => onChange({ firmware })}
          />
        )}
      </FormRow>
      {guest?.bios === 'optional' && <BiosRows {...props} />}
      {cards.length > 0 && (
        <FormRow label={say('create.graphics')} hint={card?.about === undefined ? null : say(card.about)}>
          {(control) => (
            <Select
              control={control}
              value={card?.id ?? ''}
              options={[
                { value: '', label: say('create.graphics.default') },
                ...cards.map(({ id, label }) => ({ value: id, label })),
              ]}
              onChange={(graphics) => onChange({ graphics: graphics === '' ? null : graphics })}
            />
          )}
        </FormRow>
      )}
      {options.serialConsole === true && (
        <FormRow label={say('create.console')} isGroup>
          {() => (
            <Checkbox
              label={say('create.console.serial')}
              isChecked={form.hasSerialConsole}
              onChange={(hasSerialConsole) => onChange({ hasSerialConsole })}
            />
          )}
        </FormRow>
      )}
      <FormRow
        label={say('create.arch')}
        error={problemOf('arch')}
        warning={architecture?.slow == null ? null : say(architecture.slow)}
      >
        {(control) => (
          <Select
            control={control}
            value={form.arch}
            options={options.architectures.map(({ arch, slow }) => ({
              value: arch,
              label: say(slow === null ? 'create.arch.fast' : 'create.arch.slow', { arch }),
            }))}
            onChange={(arch) => onChange({ arch })}
          />
        )}
      </FormRow>
      {guest?.disc !== false && form.source === 'image' && (
        <DiscField path={form.isoPath} onChange={(isoPath) => onChange({ isoPath })} />
      )}
      {guest?.disc !== false && form.source === 'installer' && (
        <FormRow label={say('create.disk')} isGroup>
          {() => (
            <Checkbox
              label={say('create.disk.noDisk')}
              isChecked={!form.hasDisk}
              onChange={(isOff) => onChange({ hasDisk: !isOff })}
            />
          )}
        </FormRow>
      )}
    </>
  )
}
