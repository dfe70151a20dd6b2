import type { ReactNode } from 'react'
import { Button } from '../../components/button.tsx'
import { useSay } from '../../say.tsx'
import { FileField } from './file-field.tsx'
import type { VmForm } from './vm-form.ts'

/** The files that a guest's BIOS comes from: Berth's own, unless others are chosen. */
export function BiosRows({
  form,
  problemOf,
  onChange,
}: {
  readonly form: Pick<VmForm, 'biosPath' | 'vgaBiosPath'>
  readonly problemOf: (field: string) => string | null
  readonly onChange: (change: Partial<VmForm>) => void
}): ReactNode {
  const say = useSay()
  const isChosen = form.biosPath !== '' || form.vgaBiosPath !== ''
  const none = say(isChosen ? 'create.bios.none' : 'create.bios.found')
  return (
    <>
      <FileField
        label={say('create.bios.system')}
        purpose="bios"
        path={form.biosPath}
        none={none}
        error={problemOf('biosFiles.system')}
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
        {isChosen && (
          <Button size="small" kind="quiet" onClick={() => onChange({ biosPath: '', vgaBiosPath: '' })}>
            {say('create.bios.useFound')}
          </Button>
        )}
      </FileField>
    </>
  )
}
