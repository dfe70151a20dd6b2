import type { ReactNode } from 'react'
import { Button } from '../../components/button.tsx'
import { Checkbox } from '../../components/checkbox.tsx'
import { useSay } from '../../say.tsx'
import { FileField } from './file-field.tsx'
import { FormRow } from './form-row.tsx'

export interface SharedFolderForm {
  /** Empty for none. */
  readonly sharedFolder: string
  readonly isSharedReadOnly: boolean
}

/** A folder of this computer for the guest: none, or one that it may only read unless the person says otherwise. */
export function SharedFolderField({
  form: { sharedFolder, isSharedReadOnly },
  error,
  onChange,
}: {
  readonly form: SharedFolderForm
  readonly error: string | null
  readonly onChange: (change: Partial<SharedFolderForm>) => void
}): ReactNode {
  const say = useSay()
  return (
    <>
      <FileField
        label={say('create.sharedFolder')}
        purpose="folder"
        path={sharedFolder}
        none={say('create.sharedFolder.none')}
        change={say('create.sharedFolder.change')}
        isWholePath
        error={error}
        hint={sharedFolder === '' ? null : say('create.sharedFolder.hint')}
        onChange={(path) => onChange({ sharedFolder: path })}
      >
        {sharedFolder !== '' && (
          <Button size="small" kind="quiet" onClick={() => onChange({ sharedFolder: '', isSharedReadOnly: true })}>
            {say('create.sharedFolder.remove')}
          </Button>
        )}
      </FileField>
      {sharedFolder !== '' && (
        <FormRow label={say('create.sharedFolder.access')} isGroup>
          {() => (
            <Checkbox
              label={say('create.sharedFolder.readOnly')}
              hint={say('create.sharedFolder.readOnly.hint')}
              isChecked={isSharedReadOnly}
              onChange={(isOn) => onChange({ isSharedReadOnly: isOn })}
            />
          )}
        </FormRow>
      )}
    </>
  )
}
