import { type FormEvent, type ReactNode, useState } from 'react'
import { type AppError, errorOf } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { fetchFiles, sendFiles } from '../../actions/machines.ts'
import { closeDialog } from '../../actions/navigate.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Field } from '../../components/field.tsx'
import { Segments } from '../../components/segments.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { Say, useSay } from '../../say.tsx'
import { remember, remembered } from '../../store/remembered.ts'
import { machineOf, providerOf } from '../../store/selectors.ts'
import { useApp } from '../../store/store.ts'
import { useFileChoice } from '../create/use-file-choice.tsx'
import { takesPath } from '../drop/drop-target.ts'
import { nameOfPath, pathIn } from './export-path.ts'
import { useHomeFolder } from './use-home-folder.ts'

type Direction = 'in' | 'out'

/** A path that begins at a root: only such a one is the same wherever in the guest it is read. */
const isWhole = (path: string): boolean => /^(?:\/|[A-Za-z]:[\\/])/.test(path)

/** Copies a file or folder into a machine or out of it. What is there under its name is never overwritten: main refuses. */
export function CopyFilesDialog({
  machineId,
  given,
}: {
  readonly machineId: MachineId
  /** A file of this computer that is chosen already; empty for none. */
  readonly given: string
}): ReactNode {
  const say = useSay()
  const machine = useApp(machineOf(machineId))
  const takesFolders = useApp(providerOf(machineId.split(':')[0] ?? ''))?.copiesFolders === true
  const [direction, setDirection] = useState<Direction>('in')
  const [source, setSource] = useState(given)
  const [inside, setInside] = useState('')
  const [insideFolder, setInsideFolder] = useState(() => remembered('copyFiles.inside', '/tmp'))
  const [folder, setFolder] = useHomeFolder('copyFiles.here')
  const [refused, setRefused] = useState<AppError | null>(null)
  const [isSending, setSending] = useState(false)
  const taking =
    (set: (text: string) => void) =>
    (text: string): void => {
      setRefused(null)
      set(text)
    }
  const file = useFileChoice('any', taking(setSource))
  const sourceFolder = useFileChoice('folder', taking(setSource))
  const hereFolder = useFileChoice('folder', taking(setFolder))
  if (machine === null) return null

  const isIn = direction === 'in'
  const there = (isIn ? insideFolder : inside).trim()
  const problem = isIn
    ? source.trim() === ''
      ? say('copyFiles.problem.here')
      : null
    : folder.trim() === ''
      ? say('copyFiles.problem.folder')
      : null
  const wrongThere = there === '' || isWhole(there) ? null : say('copyFiles.problem.there')
  const emptyThere =
    there === '' || (!isIn && nameOfPath(there.replace(/^[A-Za-z]:/, '')) === '')
      ? say('copyFiles.problem.there')
      : null
  const reason = problem ?? wrongThere ?? emptyThere
  const submit = async (): Promise<void> => {
    if (reason !== null || isSending) return
    setSending(true)
    try {
      if (isIn) await sendFiles(machineId, source.trim(), there)
      else await fetchFiles(machineId, there, pathIn(folder.trim(), nameOfPath(there)))
      if (isIn) remember('copyFiles.inside', there)
      else remember('copyFiles.here', folder.trim())
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
  const input = (control: object, value: string, set: (text: string) => void): ReactNode => (
    <TextInput
      {...control}
      className="mono"
      dir="auto"
      value={value}
      onChange={(event) => taking(set)(event.currentTarget.value)}
    />
  )
  const said = refused === null ? null : say(refused.message)
  const sort = takesFolders ? 'any' : 'file'
  return (
    <Dialog
      title={<Say text="copyFiles.title" params={{ name: machine.name }} />}
      widthPx={560}
      onClose={closeDialog}
      note={say('copyFiles.hint')}
      footer={
        <>
          <Button onClick={closeDialog}>{say('verb.cancel')}</Button>
          <Button kind="primary" reason={reason} onClick={() => void submit()}>
            {say('copyFiles.copy')}
          </Button>
        </>
      }
    >
      <form className="dialog-form" onSubmit={onSubmit}>
        <Segments
          label={say('copyFiles.direction')}
          value={direction}
          segments={[
            { value: 'in', label: say('copyFiles.in') },
            { value: 'out', label: say('copyFiles.out') },
          ]}
          onChange={(value) => {
            setRefused(null)
            setDirection(value)
          }}
        />
        {isIn ? (
          <>
            <Field label={say(`copyFiles.here.${sort}`)} error={said}>
              {(control) => (
                <div className="field-inline">
                  {input({ ...control, ...takesPath }, source, setSource)}
                  <Button onClick={file.choose}>{say('copyFiles.chooseFile')}</Button>
                  {takesFolders && <Button onClick={sourceFolder.choose}>{say('copyFiles.chooseFolder')}</Button>}
                </div>
              )}
            </Field>
            <Field label={say('copyFiles.there.folder')} error={wrongThere}>
              {(control) => input(control, insideFolder, setInsideFolder)}
            </Field>
          </>
        ) : (
          <>
            <Field label={say(`copyFiles.there.${sort}`)} error={wrongThere}>
              {(control) => input(control, inside, setInside)}
            </Field>
            <Field label={say('copyFiles.here.folder')} error={said}>
              {(control) => (
                <div className="field-inline">
                  {input({ ...control, ...takesPath }, folder, setFolder)}
                  <Button onClick={hereFolder.choose}>{say('copyFiles.chooseFolder')}</Button>
                </div>
              )}
            </Field>
          </>
        )}
        {/* The form has no button of its own: Enter sends it by this one. */}
        <button type="submit" hidden />
      </form>
      {file.dialog}
      {sourceFolder.dialog}
      {hereFolder.dialog}
    </Dialog>
  )
}
