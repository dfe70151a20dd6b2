import { type FormEvent, type ReactNode, useState } from 'react'
import { type AppError, errorOf } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { call } from '../../actions/call.ts'
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
import { takesPath } from '../drop/drop-target.ts'

const purposes = { settings: 'settings-file', disk: 'disk-image', disc: 'iso' } as const
const texts = {
  settings: { title: 'locate.title', hint: 'locate.hint', file: 'locate.file' },
  disk: { title: 'locate.title.disk', hint: 'locate.hint.disk', file: 'locate.file.disk' },
  disc: { title: 'locate.title.disc', hint: 'locate.hint.disc', file: 'locate.file.disc' },
} as const

/** Asks where the file is now that a machine misses. */
export function LocateDialog({ machineId }: { readonly machineId: MachineId }): ReactNode {
  const say = useSay()
  const machine = useApp(machineOf(machineId))
  const [path, setPath] = useState('')
  /** Who could not be asked whether they use the file, once the person has seen it. */
  const [unknown, setUnknown] = useState<readonly string[]>([])
  const [refused, setRefused] = useState<AppError | null>(null)
  const take = (next: string): void => {
    setRefused(null)
    setUnknown([])
    setPath(next)
  }
  // What is missing when it is asked stays what is asked for: the row may change meanwhile.
  const [kind] = useState(machine?.lostFile?.kind ?? 'settings')
  const { choose, dialog } = useFileChoice(purposes[kind], take)
  if (machine === null) return null

  const submit = async (): Promise<void> => {
    if (path.trim() === '') return
    try {
      const plan = await call('machine.locatePlan', { id: machineId, path: path.trim() })
      if (plan.unknown.some((name) => !unknown.includes(name))) return setUnknown(plan.unknown)
      await locateMachine(machineId, path.trim(), unknown)
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
      title={<Say text={{ key: texts[kind].title, params: { name: machine.name } }} />}
      widthPx={520}
      onClose={closeDialog}
      note={say(texts[kind].hint)}
      footer={
        <>
          <Button onClick={closeDialog}>{say('verb.cancel')}</Button>
          <Button
            kind="primary"
            reason={path.trim() === '' ? say('locate.problem') : null}
            onClick={() => void submit()}
          >
            {say(unknown.length > 0 ? 'locate.useAnyway' : 'locate.locate')}
          </Button>
        </>
      }
    >
      <form className="dialog-form" onSubmit={onSubmit}>
        <Field
          label={say(texts[kind].file)}
          hint={unknown.length === 0 ? null : say('locate.unknown', { names: unknown.slice(0, 5).join(', ') })}
          error={refused === null ? null : say(refused.message)}
        >
          {(control) => (
            <div className="field-inline">
              <TextInput
                {...control}
                {...takesPath}
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
