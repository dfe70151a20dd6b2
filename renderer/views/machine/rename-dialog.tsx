import { type FormEvent, type ReactNode, useId, useState } from 'react'
import type { MachineId } from '../../../app/domain/ids.ts'
import { renameMachine } from '../../actions/machines.ts'
import { closeDialog } from '../../actions/navigate.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Field } from '../../components/field.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { Say, useSay } from '../../say.tsx'
import { machineOf } from '../../store/selectors.ts'
import { useApp } from '../../store/store.ts'

/** Renames a machine from the list or the palette. */
export function RenameDialog({ machineId }: { readonly machineId: MachineId }): ReactNode {
  const say = useSay()
  const formId = useId()
  const machine = useApp(machineOf(machineId))
  const [name, setName] = useState(machine?.name ?? '')
  if (machine === null) return null
  const trimmed = name.trim()
  const problem = trimmed === '' ? say('create.problem.name.empty') : null
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (problem !== null) return
    closeDialog()
    if (trimmed !== machine.name) void renameMachine(machineId, trimmed)
  }
  return (
    <Dialog
      title={<Say text="rename.title" params={{ name: machine.name }} />}
      onClose={closeDialog}
      footer={
        <>
          <Button onClick={closeDialog}>{say('verb.cancel')}</Button>
          <button type="submit" form={formId} className="button button-primary">
            {say('rename.rename')}
          </button>
        </>
      }
    >
      <form id={formId} onSubmit={submit}>
        <Field label={say('detail.name')} error={problem}>
          {(control) => (
            <TextInput
              {...control}
              dir="auto"
              maxLength={200}
              value={name}
              onFocus={(event) => event.currentTarget.select()}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
      </form>
    </Dialog>
  )
}
