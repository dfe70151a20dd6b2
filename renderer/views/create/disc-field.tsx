import type { ReactNode } from 'react'
import { Button } from '../../components/button.tsx'
import { useSay } from '../../say.tsx'
import { FileField } from './file-field.tsx'

/** The disc in the drive: none, or an ISO that can be changed or taken out. */
export function DiscField({
  path,
  onChange,
}: {
  readonly path: string
  readonly onChange: (path: string) => void
}): ReactNode {
  const say = useSay()
  return (
    <FileField label={say('create.disc')} purpose="iso" path={path} none={say('create.disc.none')} onChange={onChange}>
      {path !== '' && (
        <Button size="small" kind="quiet" onClick={() => onChange('')}>
          {say('create.disc.remove')}
        </Button>
      )}
    </FileField>
  )
}
