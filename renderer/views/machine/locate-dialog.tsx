import { type FormEvent, type ReactNode, useState } from 'react'
import { type AppError, errorOf } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { locateMachine } from '../../actions/machines.ts'
import { closeDialog } from '../../actions/navigate.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Field } from '../../components/field.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { Say, useSay } from '../../say.tsx'
import { machineOf } from '../../store/selectors.ts'
import { useApp } from '../../store/store.ts'
import { useFileChoice } from '../create/use-file-choice.tsx'

/** Asks where an inaccessible machine's file is now. */
export function LocateDialog({ machineId }: { readonly machineId: MachineId }): ReactNode {
  const say = useSay()
  const machine = useApp(machineOf(machineId))
  const [path, setPath] = useState('')
  const [refused, setRefused] = useState<AppError | null>(null)
  const take = (next: string): void => {
    setRefused(null)
    setPath(next)
  }
  const { choose, dialog } = useFileChoice('settings-file', take)
  if (machine === null) return null

  const submit = async (): Promise<void> => {
    if (path.trim() === '') return
    try {
      await locateMachine(machineId, path.trim())
      closeDialog()
    } catch (thrown) {
      setRefused(errorOf(thrown))
    }
  }
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault()
    void submit()
  }
  return (
    <Dialog
      title={<Say text="locate.title" params={{ name: machine.name }} />}
      widthPx={520}
      onClose={closeDialog}
      note={say('locate.hint')}
      footer={
        <>
          <Button onClick={closeDialog}>{say('verb.cancel')}</Button>
          <Button
            kind="primary"
            reason={path.trim() === '' ? say('locate.problem') : null}
            onClick={() => void submit()}
          >
            {say('locate.locate')}
          </Button>
        </>
      }
    >
      <form className="dialog-form" onSubmit={onSubmit}>
        <Field label={say('locate.file')} error={refused === null ? null : say(refused.message)}>
          {(control) => (
            <div className="field-inline">
              <TextInput
                {...control}
                className="mono"
                value={path}
                onChange={(event) => take(event.currentTarget.value)}
              />
              <Button onClick={choose}>{say('create.choose')}</Button>
            </div>
          )}
        </Field>
      </form>
      {dialog}
    </Dialog>
  )
}
