import type { ReactNode } from 'react'
import { Button } from '../../components/button.tsx'
import { useSay } from '../../say.tsx'
import { FileField } from './file-field.tsx'
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
      <FileField
        label={say('create.bios.system')}
        purpose="bios"
        path={form.biosPath}
        none={none}
        error={problemOf('biosFiles.system')}
        hint={isNeeded ? say('create.bios.needed') : null}
        onChange={(biosPath) => onChange({ biosPath })}
      />
      <FileField
        label={say('create.bios.graphics')}
        purpose="bios"
        path={form.vgaBiosPath}
        none={none}
        error={problemOf('biosFiles.graphics')}
        onChange={(vgaBiosPath) => onChange({ vgaBiosPath })}
      >
        {isChosen && !isNeeded && (
          <Button size="small" kind="quiet" onClick={() => onChange({ biosPath: '', vgaBiosPath: '' })}>
            {say('create.bios.useFound')}
          </Button>
        )}
      </FileField>
    </>
  )
}
