import { type ReactNode, useState } from 'react'
import { type AppError, errorOf } from '../../../app/domain/errors.ts'
import type { ImportSummary } from '../../../app/domain/spec.ts'
import { importMachine, inspectImport } from '../../actions/create.ts'
import { closeDialog } from '../../actions/navigate.ts'
import { openWhenMade } from '../../actions/open-when-made.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { RadioCards } from '../../components/radio-cards.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { useSay } from '../../say.tsx'
import { useApp } from '../../store/store.ts'
import { errorActions } from '../machine/error-actions.ts'
import { ErrorCard } from '../machine/error-card.tsx'
import { useAnswer } from '../machine/use-answer.ts'
import { changeVm, clearDraft, type Draft } from './draft.ts'
import { FormRow } from './form-row.tsx'
import { extensionOf, importReason } from './import-choices.ts'
import { nameFromFile } from './propose.ts'
import { disk, memory } from './quantities.ts'
import { SourceList } from './source-list.tsx'
import { endpointReason, useEndpoints } from './use-endpoints.ts'

/** Makes a machine from a file that holds one: which file, what it is called here, and where it runs. */
export function ImportForm({
  draft,
  widthPx,
  kinds,
}: {
  readonly draft: Draft
  readonly widthPx: number
  readonly kinds: ReactNode
}): ReactNode {
  const say = useSay()
  const form = draft.vm
  const providers = useApp(({ inventory }) => inventory.providers)
  const endpoints = useEndpoints('vm')
  const reasonOf = (endpoint: (typeof endpoints)[number]): string | null => {
    const reason = importReason(endpoint, providers, form.filePath)
    return reason !== null ? say(reason) : endpoint.state === 'ready' ? null : endpointReason(endpoint, say)
  }
  const able = endpoints.filter((endpoint) => reasonOf(endpoint) === null)
  const endpoint = able.find(({ id }) => id === form.endpointId) ?? able[0]
  const subject = endpoint === undefined ? '' : `${endpoint.id} ${form.filePath}`
  const inspected = useAnswer<{ readonly summary: ImportSummary | null }>(subject, subject, async () => ({
    summary: endpoint === undefined || form.filePath === '' ? null : await inspectImport(endpoint.id, form.filePath),
  }))
  const [failure, setFailure] = useState<AppError | null>(null)
  const [isSending, setSending] = useState(false)
  const name = form.isNameTyped ? form.name : (inspected.value?.summary?.name ?? nameFromFile(form.filePath))
  const problem =
    form.filePath === ''
      ? say('import.problem.file')
      : endpoint === undefined
        ? say('import.nowhere')
        : name.trim() === ''
          ? say('create.problem.name.empty')
          : null

  const submit = async (): Promise<void> => {
    if (endpoint === undefined || problem !== null || isSending) return
    setSending(true)
    try {
      const taskId = await importMachine(endpoint.id, form.filePath, name.trim())
      clearDraft('vm')
      closeDialog()
      openWhenMade(taskId)
    } catch (thrown) {
      setFailure(errorOf(thrown))
    } finally {
      setSending(false)
    }
  }
  const shownFailure = failure ?? inspected.error
  return (
    <Dialog
      title={say('create.title')}
      widthPx={widthPx}
      hasSteadyTop
      headerExtra={kinds}
      onClose={closeDialog}
      note={say('import.ready')}
      footer={
        <>
          <Button onClick={closeDialog}>{say('verb.cancel')}</Button>
          <Button kind="primary" reason={problem} onClick={() => void submit()}>
            {say('import.import')}
          </Button>
        </>
      }
    >
      <div className="form">
        {shownFailure !== null && (
          <ErrorCard
            title={{ key: 'task.import.failed', params: { name: name === '' ? extensionOf(form.filePath) : name } }}
            error={shownFailure}
            taskId={null}
            tool={endpoint?.label ?? null}
            actions={errorActions(shownFailure.code, { verb: 'import', state: null, canRetry: true })}
            onAction={() => (failure === null ? inspected.again() : void submit())}
            onClose={failure === null ? null : () => setFailure(null)}
          />
        )}
        <FormRow label={say('create.endpoint')} isGroup>
          {() => (
            <RadioCards
              label={say('create.endpoint')}
              value={endpoint?.id ?? ('' as never)}
              cards={endpoints.map((one) => ({
                value: one.id,
                label: one.label,
                hint: one.place ?? one.version ?? '',
                reason: reasonOf(one),
              }))}
              onChange={(endpointId) => changeVm({ endpointId })}
            />
          )}
        </FormRow>
        <FormRow label={say('create.source')} isGroup>
          {() => <SourceList form={form} onChange={changeVm} />}
        </FormRow>
        <FormRow label={say('create.name')}>
          {(control) => (
            <TextInput
              {...control}
              dir="auto"
              maxLength={400}
              value={name}
              onChange={(event) => changeVm({ name: event.currentTarget.value, isNameTyped: true })}
            />
          )}
        </FormRow>
        {inspected.error === null && problem === null && <Holds inspected={inspected.value} />}
      </div>
    </Dialog>
  )
}

/** What the file says of itself; nothing where that cannot be told beforehand. */
function Holds({ inspected }: { readonly inspected: { readonly summary: ImportSummary | null } | null }): ReactNode {
  const say = useSay()
  if (inspected?.summary === null) return null
  const { os = null, cpus = null, memoryBytes = null, diskBytes = null, notes = [] } = inspected?.summary ?? {}
  const parts = [
    os,
    cpus === null ? null : say('import.summary.cpus', { count: cpus }),
    memoryBytes === null ? null : say('import.summary.memory', { size: memory.write(memoryBytes) }),
    diskBytes === null ? null : say('import.summary.disk', { size: disk.write(diskBytes) }),
  ].filter((part) => part !== null)
  return (
    <FormRow label={say('import.holds')} isGroup>
      {() => (
        <>
          <p>{inspected === null ? say('import.reading') : parts.join(', ')}</p>
          {notes.map((note) => (
            <p key={note.key} className="form-below field-hint">
              {say(note)}
            </p>
          ))}
        </>
      )}
    </FormRow>
  )
}
