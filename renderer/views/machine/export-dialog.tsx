import { type FormEvent, type ReactNode, useState } from 'react'
import { type AppError, errorOf } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { exportMachine } from '../../actions/machines.ts'
import { closeDialog } from '../../actions/navigate.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Field } from '../../components/field.tsx'
import { Select } from '../../components/select.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { Say, useSay } from '../../say.tsx'
import { remember } from '../../store/remembered.ts'
import { machineOf, providerOf } from '../../store/selectors.ts'
import { useApp } from '../../store/store.ts'
import { useFileChoice } from '../create/use-file-choice.tsx'
import { filePath, fileStem } from './export-path.ts'
import { useHomeFolder } from './use-home-folder.ts'
import './export-dialog.css'
import { takesPath } from '../drop/drop-target.ts'

/** Writes a machine to a file: which format, and where. Main refuses a name that is taken, so nothing is overwritten. */
export function ExportDialog({ machineId }: { readonly machineId: MachineId }): ReactNode {
  const say = useSay()
  const machine = useApp(machineOf(machineId))
  const formats = useApp((state) => providerOf(machineId.split(':')[0] ?? '')(state)?.exportFormats) ?? []
  const [formatId, setFormatId] = useState<string | null>(null)
  const [folder, setFolder] = useHomeFolder('exported')
  const [typed, setTyped] = useState<string | null>(null)
  const [refused, setRefused] = useState<AppError | null>(null)
  const [isSending, setSending] = useState(false)
  const { choose, dialog } = useFileChoice('folder', setFolder)
  const format = formats.find(({ id }) => id === formatId) ?? formats[0]
  if (machine === null || format === undefined) return null

  const stem = typed ?? fileStem(machine.name)
  const path = filePath(folder, stem, format.extension)
  const wrongName = path === null && folder !== '' ? say('export.problem.file') : null
  const wrongPath = refused === null ? null : say(refused.message)
  const submit = async (): Promise<void> => {
    if (path === null || isSending) return
    setSending(true)
    try {
      await exportMachine(machineId, path, format.id)
      remember('exported', folder)
      closeDialog()
    } catch (thrown) {
      setRefused(errorOf(thrown))
    } finally {
      setSending(false)
    }
  }
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault()
    void submit()
  }
  const reason = isSending ? say('why.task.export') : folder === '' ? say('export.problem.folder') : wrongName
  return (
    <Dialog
      title={<Say text="export.title" params={{ name: machine.name }} />}
      widthPx={520}
      onClose={closeDialog}
      note={say('export.hint')}
      footer={
        <>
          <Button onClick={closeDialog}>{say('verb.cancel')}</Button>
          <Button kind="primary" reason={reason} onClick={() => void submit()}>
            {say('export.export')}
          </Button>
        </>
      }
    >
      <form className="dialog-form" onSubmit={onSubmit}>
        {formats.length > 1 && (
          <Field label={say('export.format')}>
            {(control) => (
              <Select
                control={control}
                value={format.id}
                options={formats.map(({ id, label }) => ({ value: id, label }))}
                onChange={setFormatId}
              />
            )}
          </Field>
        )}
        <Field label={say('export.folder')}>
          {(control) => (
            <div className="field-inline">
              <TextInput
                {...control}
                {...takesPath}
                className="mono"
                value={folder}
                onChange={(event) => {
                  setRefused(null)
                  setFolder(event.currentTarget.value)
                }}
              />
              <Button onClick={choose}>{say('create.choose')}</Button>
            </div>
          )}
        </Field>
        <Field label={say('export.file')} error={wrongName ?? wrongPath}>
          {(control) => (
            <div className="field-inline">
              <TextInput
                {...control}
                dir="auto"
                maxLength={200}
                value={stem}
                onFocus={(event) => event.currentTarget.select()}
                onChange={(event) => {
                  setRefused(null)
                  setTyped(event.currentTarget.value)
                }}
              />
              <span className="faint-text mono">.{format.extension}</span>
            </div>
          )}
        </Field>
      </form>
      {dialog}
    </Dialog>
  )
}
