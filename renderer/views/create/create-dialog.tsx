import { type KeyboardEvent, type ReactNode, useEffect, useState } from 'react'
import type { EndpointId } from '../../../app/domain/ids.ts'
import type { CreateOptions } from '../../../app/domain/spec.ts'
import { createOptions } from '../../actions/create.ts'
import { closeDialog, showView } from '../../actions/navigate.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { RadioCards } from '../../components/radio-cards.tsx'
import { Segments } from '../../components/segments.tsx'
import { SplitButton } from '../../components/split-button.tsx'
import { StateMark } from '../../components/state-mark.tsx'
import { isMac } from '../../keyboard/platform.ts'
import { useSay } from '../../say.tsx'
import { useApp } from '../../store/store.ts'
import { errorActions } from '../machine/error-actions.ts'
import { ErrorCard } from '../machine/error-card.tsx'
import { useAnswer } from '../machine/use-answer.ts'
import { CommandPreview } from './command-preview.tsx'
import { ContainerFields } from './container-fields.tsx'
import { filledContainerForm, readContainerForm } from './container-form.ts'
import { changeContainer, changeVm, clearDraft, type Draft, isChanged, setKind, useDraft } from './draft.ts'
import { FormRow } from './form-row.tsx'
import { ImportForm } from './import-form.tsx'
import { guessFormat } from './propose.ts'
import { endpointReason, useEndpoints } from './use-endpoints.ts'
import { type Submission, useSubmission } from './use-submission.ts'
import { VmFields } from './vm-fields.tsx'
import { filledVmForm, optionsFor, readVmForm } from './vm-form.ts'

const widthPx = 720

/**
 * New machine: one form, whose defaults make a good one. What is typed stays as a draft until it is made. Where it is to run
 * decides all the rest, so that it stands first, and at the same place while its provider is asked.
 */
export function CreateDialog(): ReactNode {
  const say = useSay()
  const draft = useDraft()
  const endpoints = useEndpoints(draft.kind)
  const wanted = draft[draft.kind].endpointId
  const ready = endpoints.filter((endpoint) => endpoint.state === 'ready')
  const endpoint = ready.find((candidate) => candidate.id === wanted) ?? ready[0]
  const options = useAnswer<CreateOptions | null>(endpoint?.id ?? '', draft.kind, () =>
    endpoint === undefined ? Promise.resolve(null) : createOptions(endpoint.id),
  )
  const name = useApp(({ ui }) => (ui.dialog?.kind === 'create' ? (ui.dialog.name ?? null) : null))
  useEffect(() => {
    if (name === null) return
    changeVm({ name, isNameTyped: true })
    changeContainer({ name, isNameTyped: true })
  }, [name])
  useKindThatWorks(draft)

  if (draft.kind === 'vm' && draft.vm.source === 'file') {
    return <ImportForm draft={draft} widthPx={widthPx} kinds={<Kinds draft={draft} />} />
  }
  if (endpoint !== undefined && options.value !== null) {
    return <CreateForm key={`${draft.kind} ${endpoint.id}`} draft={draft} options={options.value} />
  }
  return (
    <Dialog
      title={say('create.title')}
      widthPx={widthPx}
      hasSteadyTop
      headerExtra={<Kinds draft={draft} />}
      onClose={closeDialog}
      footer={<Button onClick={closeDialog}>{say('verb.cancel')}</Button>}
    >
      {endpoint === undefined ? (
        <EmptyState
          title={say(`create.noEndpoint.${draft.kind}`)}
          actions={
            <Button
              onClick={() => {
                closeDialog()
                showView('providers')
              }}
            >
              {say('create.showProviders')}
            </Button>
          }
        >
          {endpoints.map((one) => (
            <p key={one.id}>{endpointReason(one, say)}</p>
          ))}
        </EmptyState>
      ) : (
        // Another place can be chosen while this one is asked, or when it does not say.
        <div className="form create-asking">
          <Endpoints chosen={endpoint.id} kind={draft.kind} onChange={(id) => chooseEndpoint(draft.kind, id)} />
          {options.error === null ? (
            <p className="create-asking-line" role="status">
              <StateMark name="busy" />
              {say('create.asking', { provider: endpoint.label })}
            </p>
          ) : (
            <ErrorCard
              title={{ key: 'create.optionsFailed' }}
              error={options.error}
              taskId={null}
              tool={endpoint.label}
              actions={errorActions(options.error.code, { verb: 'create', state: null, canRetry: true })}
              onAction={options.again}
              onClose={null}
            />
          )}
        </div>
      )}
    </Dialog>
  )
}

function chooseEndpoint(kind: Draft['kind'], endpointId: EndpointId): void {
  if (kind === 'vm') changeVm({ endpointId })
  else changeContainer({ endpointId })
}

/** Opened where only the other kind can be made, it begins with that one; a later choice stands. */
function useKindThatWorks(draft: Draft): void {
  const other = draft.kind === 'vm' ? 'container' : 'vm'
  const own = useEndpoints(draft.kind)
  const others = useEndpoints(other)
  const isReady = (endpoints: typeof own): boolean => endpoints.some((endpoint) => endpoint.state === 'ready')
  const [wants] = useState<Draft['kind'] | null>(!isReady(own) && isReady(others) && !isChanged(draft) ? other : null)
  useEffect(() => {
    if (wants !== null) setKind(wants)
  }, [wants])
}

function Kinds({ draft }: { readonly draft: Draft }): ReactNode {
  const say = useSay()
  return (
    <Segments
      label={say('create.kind')}
      value={draft.kind}
      segments={[
        { value: 'vm', label: say('create.kind.vm'), icon: 'screen' },
        { value: 'container', label: say('create.kind.container'), icon: 'cube' },
      ]}
      onChange={setKind}
    />
  )
}

function CreateForm({ draft, options: all }: { readonly draft: Draft; readonly options: CreateOptions }): ReactNode {
  const say = useSay()
  const options = all.kind === 'vm' ? optionsFor(draft.vm, all) : all
  const endpoints = useEndpoints(draft.kind)
  const endpoint = endpoints.find((candidate) => candidate.id === options.endpointId)
  const machines = useApp(({ inventory }) => inventory.machines)
  const [isMoreOpen, setMoreOpen] = useState(false)
  const taken = new Set(
    [...machines.values()].filter((machine) => machine.endpointId === options.endpointId).map(({ name }) => name),
  )
  const vm = options.kind === 'vm' ? filledVmForm(draft.vm, options, taken) : null
  const container = options.kind === 'container' ? filledContainerForm(draft.container, taken) : null
  const read = (startAfter: boolean) =>
    options.kind === 'vm' && vm !== null
      ? readVmForm(vm, options, guessFormat(vm.imagePath), startAfter)
      : readContainerForm(container ?? draft.container, options.endpointId, taken, startAfter)
  const { spec, problems } = read(true)
  const submission = useSubmission(problems, say)
  const cards = (
    <Endpoints chosen={options.endpointId} kind={draft.kind} onChange={(id) => chooseEndpoint(draft.kind, id)} />
  )
  const shared = {
    problemOf: submission.problemOf,
    onLeave: submission.leave,
    endpoints: cards,
    isMoreOpen: isMoreOpen || submission.hasProblemIn(hiddenFields),
    onMore: setMoreOpen,
  }
  const submit = (startAfter: boolean): void => void submission.submit(read(startAfter).spec)
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(isMac ? event.metaKey : event.ctrlKey) || event.nativeEvent.isComposing) return
    event.preventDefault()
    event.stopPropagation()
    // A value still in its field is taken when the field is left.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    requestAnimationFrame(() => submit(true))
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hears the dialog's Ctrl+Enter, which comes up through React's tree
    <div onKeyDown={onKeyDown}>
      <Dialog
        title={say('create.title')}
        widthPx={widthPx}
        hasSteadyTop
        headerExtra={<Kinds draft={draft} />}
        onClose={closeDialog}
        note={<Note submission={submission} draft={draft} />}
        footer={
          <>
            <Button onClick={closeDialog}>{say('verb.cancel')}</Button>
            <SplitButton
              kind="primary"
              menuLabel={say('create.options')}
              reason={submission.isSending ? say('why.task.create') : null}
              onClick={() => submit(true)}
              entries={() => [
                { kind: 'item', id: 'stopped', label: say('create.withoutStart'), choose: () => submit(false) },
              ]}
            >
              {say('verb.create')}
            </SplitButton>
          </>
        }
      >
        <div className="form">
          {submission.failure !== null && (
            <ErrorCard
              title={{ key: 'task.create.failed', params: { name: spec?.name ?? say('create.title') } }}
              error={submission.failure}
              taskId={null}
              tool={endpoint?.label ?? null}
              actions={errorActions(submission.failure.code, { verb: 'create', state: null, canRetry: true })}
              onAction={() => submit(true)}
              onClose={submission.clearFailure}
            />
          )}
          {options.kind === 'vm' && vm !== null && (
            <VmFields
              form={vm}
              options={options}
              taken={taken}
              refusals={submission.refusals}
              onChange={changeVm}
              {...shared}
            />
          )}
          {options.kind === 'container' && container !== null && (
            <ContainerFields
              form={container}
              options={options}
              provider={endpoint?.label ?? ''}
              onChange={changeContainer}
              {...shared}
            />
          )}
          <CommandPreview spec={spec} />
        </div>
      </Dialog>
    </div>
  )
}

/** Fields that stand behind the disclosure: a problem in one of them opens it. */
const hiddenFields =
  /^(?:firmware|arch|mounts|environment|restart|pull|biosFiles|cpus|memory|network|user|workingFolder|hostPorts)|^ports/

function Note({ submission, draft }: { readonly submission: Submission; readonly draft: Draft }): ReactNode {
  const say = useSay()
  if (submission.shownCount > 0) {
    return <span className="field-error">{say('create.problems', { count: submission.shownCount })}</span>
  }
  return (
    <>
      {say('create.ready')}{' '}
      {isChanged(draft) && (
        <Button kind="link" className="small" onClick={() => clearDraft(draft.kind)}>
          {say('create.discardDraft')}
        </Button>
      )}
    </>
  )
}

function Endpoints({
  chosen,
  kind,
  onChange,
}: {
  readonly chosen: EndpointId
  readonly kind: Draft['kind']
  readonly onChange: (id: EndpointId) => void
}): ReactNode {
  const say = useSay()
  const endpoints = useEndpoints(kind)
  return (
    <FormRow label={say('create.endpoint')} isGroup>
      {() => (
        <RadioCards
          label={say('create.endpoint')}
          value={chosen}
          cards={endpoints.map((endpoint) => ({
            value: endpoint.id,
            label: endpoint.label,
            hint: endpoint.place ?? endpoint.version ?? '',
            reason: endpoint.state === 'ready' ? null : endpointReason(endpoint, say),
          }))}
          onChange={onChange}
        />
      )}
    </FormRow>
  )
}
