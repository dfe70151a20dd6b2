import type { ReactNode } from 'react'
import { Button } from '../../components/button.tsx'
import { showControls } from '../../format/names.ts'
import { useSay } from '../../say.tsx'
import { FormRow } from './form-row.tsx'
import { fileName } from './propose.ts'
import { useFileChoice } from './use-file-choice.tsx'
import type { VmForm } from './vm-form.ts'

/** The files that a guest's BIOS comes from: the one that was found, unless others are chosen. */
export function BiosRows({
  form,
  isNeeded,
  problemOf,
  onChange,
}: {
  readonly form: Pick<VmForm, 'biosPath' | 'vgaBiosPath'>
  /** None was found. */
  readonly isNeeded: boolean
  readonly problemOf: (field: string) => string | null
  readonly onChange: (change: Partial<VmForm>) => void
}): ReactNode {
  const say = useSay()
  const isChosen = form.biosPath !== '' || form.vgaBiosPath !== ''
  const none = say(isNeeded || isChosen ? 'create.bios.none' : 'create.bios.found')
  return (
    <>
      <BiosField
        label={say('create.bios.system')}
        path={form.biosPath}
        none={none}
        error={problemOf('biosFiles.system')}
        hint={isNeeded ? say('create.bios.needed') : null}
        onChange={(biosPath) => onChange({ biosPath })}
      />
      <BiosField
        label={say('create.bios.graphics')}
        path={form.vgaBiosPath}
        none={none}
        error={problemOf('biosFiles.graphics')}
        hint={null}
        onChange={(vgaBiosPath) => onChange({ vgaBiosPath })}
      >
        {isChosen && !isNeeded && (
          <Button size="small" kind="quiet" onClick={() => onChange({ biosPath: '', vgaBiosPath: '' })}>
            {say('create.bios.useFound')}
          </Button>
        )}
      </BiosField>
    </>
  )
}

/** One file of a BIOS, chosen by hand; `none` says what there is without. */
function BiosField({
  label,
  path,
  none,
  error,
  hint,
  onChange,
  children,
}: {
  readonly label: string
  readonly path: string
  readonly none: string
  readonly error: string | null
  readonly hint: string | null
  readonly onChange: (path: string) => void
  /** What else stands beside the choice. */
  readonly children?: ReactNode
}): ReactNode {
  const say = useSay()
  const { choose, dialog } = useFileChoice('bios', onChange)
  return (
    <FormRow label={label} isGroup error={error} hint={hint}>
      {() => (
        <div className="form-inline">
          <bdi
            dir="auto"
            className={`cut ${path === '' ? 'faint-text' : ''}`}
            data-tip={path === '' ? undefined : path}
          >
            {path === '' ? none : showControls(fileName(path))}
          </bdi>
          <Button size="small" onClick={choose}>
            {say(path === '' ? 'create.choose' : 'create.change')}
          </Button>
          {children}
          {dialog}
        </div>
      )}
    </FormRow>
  )
}
