import type { ReactNode } from 'react'
import { Button } from '../../components/button.tsx'
import { showControls } from '../../format/names.ts'
import { useSay } from '../../say.tsx'
import { FormRow } from './form-row.tsx'
import { fileName } from './propose.ts'
import { useFileChoice } from './use-file-choice.tsx'

/** The disc in the drive: none, or an ISO that can be changed or taken out. */
export function DiscField({
  path,
  onChange,
}: {
  readonly path: string
  readonly onChange: (path: string) => void
}): ReactNode {
  const say = useSay()
  const { choose, dialog } = useFileChoice('iso', onChange)
  return (
    <FormRow label={say('create.disc')} isGroup>
      {() => (
        <div className="form-inline">
          <bdi
            dir="auto"
            className={`cut ${path === '' ? 'faint-text' : ''}`}
            data-tip={path === '' ? undefined : path}
          >
            {path === '' ? say('create.disc.none') : showControls(fileName(path))}
          </bdi>
          <Button size="small" onClick={choose}>
            {say(path === '' ? 'create.choose' : 'create.change')}
          </Button>
          {path !== '' && (
            <Button size="small" kind="quiet" onClick={() => onChange('')}>
              {say('create.disc.remove')}
            </Button>
          )}
          {dialog}
        </div>
      )}
    </FormRow>
  )
}
