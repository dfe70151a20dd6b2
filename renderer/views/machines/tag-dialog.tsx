import { type ReactNode, useId, useMemo, useState } from 'react'
import type { MachineId } from '../../../app/domain/ids.ts'
import { addTag } from '../../actions/machines.ts'
import { closeDialog } from '../../actions/navigate.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Field } from '../../components/field.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { useSay } from '../../say.tsx'
import { useApp } from '../../store/store.ts'

/** Gives machines a tag: a known one or a new one. */
export function TagDialog({ machineIds }: { readonly machineIds: readonly MachineId[] }): ReactNode {
  const say = useSay()
  const listId = useId()
  const [tag, setTag] = useState('')
  const annotations = useApp((state) => state.inventory.annotations)
  const known = useMemo(
    () => [...new Set(Object.values(annotations).flatMap((annotation) => annotation.tags))].sort(),
    [annotations],
  )
  const add = (): void => {
    if (tag.trim() === '') return
    addTag(machineIds, tag.trim())
    closeDialog()
  }
  return (
    <Dialog
      title={say('tag.title', { count: machineIds.length })}
      onClose={closeDialog}
      widthPx={380}
      footer={
        <>
          <Button onClick={closeDialog}>{say('verb.cancel')}</Button>
          <Button kind="primary" onClick={add}>
            {say('tag.add')}
          </Button>
        </>
      }
    >
      <Field label={say('tag.name')} hint={say('tag.hint')}>
        {(control) => (
          <TextInput
            {...control}
            list={listId}
            maxLength={64}
            value={tag}
            onChange={(event) => setTag(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && !event.nativeEvent.isComposing) add()
            }}
          />
        )}
      </Field>
      <datalist id={listId}>
        {known.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </Dialog>
  )
}
