import { type ReactNode, useState } from 'react'
import { type AppError, errorOf } from '../../../app/domain/errors.ts'
import { setToolPath } from '../../actions/endpoints.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Field } from '../../components/field.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { useSay } from '../../say.tsx'
import { useApp } from '../../store/store.ts'
import { useFileChoice } from '../create/use-file-choice.tsx'
import { takesPath } from '../drop/drop-target.ts'

/** Shows Berth where a tool is that it did not find. Typed or chosen; what is wrong with it stands under the field. */
export function ToolPathDialog({ tool, onClose }: { readonly tool: string; readonly onClose: () => void }): ReactNode {
  const say = useSay()
  const known = useApp((state) => state.settings?.toolPaths[tool] ?? null)
  const [path, setPath] = useState(known ?? '')
  const [error, setError] = useState<AppError | null>(null)
  const { choose, dialog } = useFileChoice('tool', setPath)
  const save = async (next: string | null): Promise<void> => {
    try {
      await setToolPath(tool, next)
      onClose()
    } catch (thrown) {
      setError(errorOf(thrown))
    }
  }
  return (
    <Dialog
      title={say('providers.pathTitle', { tool })}
      onClose={onClose}
      note={
        known !== null && (
          <Button kind="link" onClick={() => void save(null)}>
            {say('providers.forgetPath')}
          </Button>
        )
      }
      footer={
        <>
          <Button onClick={onClose}>{say('verb.cancel')}</Button>
          <Button kind="primary" onClick={() => void (path.trim() !== '' && save(path.trim()))}>
            {say('providers.pathSave')}
          </Button>
        </>
      }
    >
      <Field
        label={say('providers.pathLabel')}
        hint={say('providers.pathHint', { tool })}
        error={error === null ? null : say(error.message)}
      >
        {(control) => (
          <TextInput
            {...control}
            {...takesPath}
            className="mono"
            value={path}
            onChange={(event) => setPath(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && !event.nativeEvent.isComposing && path.trim() !== '') void save(path.trim())
            }}
            end={
              <Button size="small" kind="quiet" onClick={choose}>
                {say('providers.pathChoose')}
              </Button>
            }
          />
        )}
      </Field>
      {dialog}
    </Dialog>
  )
}
