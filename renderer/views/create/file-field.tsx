import type { ReactNode } from 'react'
import { Button } from '../../components/button.tsx'
import { showControls } from '../../format/names.ts'
import { useSay } from '../../say.tsx'
import type { FilePurpose } from './file-browser.tsx'
import { FormRow } from './form-row.tsx'
import { fileName } from './propose.ts'
import { useFileChoice } from './use-file-choice.tsx'

/** One file of a machine that can be chosen and changed; `none` says what there is without. */
export function FileField({
  label,
  purpose,
  path,
  none,
  error = null,
  hint = null,
  change,
  isWholePath = false,
  onChange,
  children,
}: {
  readonly label: string
  readonly purpose: FilePurpose
  readonly path: string
  readonly none: string
  readonly error?: string | null
  readonly hint?: string | null
  /** What the button says once one is chosen, where it is no file. */
  readonly change?: string
  /** Shows where it is, and not its name only. */
  readonly isWholePath?: boolean
  readonly onChange: (path: string) => void
  /** What else stands beside the choice. */
  readonly children?: ReactNode
}): ReactNode {
  const say = useSay()
  const { choose, dialog } = useFileChoice(purpose, onChange)
  return (
    <FormRow label={label} isGroup error={error} hint={hint}>
      {() => (
        <div className="form-inline">
          <bdi
            dir="auto"
            className={`cut ${path === '' ? 'faint-text' : ''}`}
            data-tip={path === '' ? undefined : path}
          >
            {path === '' ? none : showControls(isWholePath ? path : fileName(path))}
          </bdi>
          <Button size="small" onClick={choose}>
            {path === '' ? say('create.choose') : (change ?? say('create.change'))}
          </Button>
          {children}
          {dialog}
        </div>
      )}
    </FormRow>
  )
}
