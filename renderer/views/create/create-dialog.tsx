import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import type { EndpointId } from '../../../app/domain/ids.ts'
import type { Endpoint } from '../../../app/domain/provider.ts'
import type { CreateOptions, CreateSpec } from '../../../app/domain/spec.ts'
import { createOptions } from '../../actions/create.ts'
import { closeDialog } from '../../actions/navigate.ts'
import { Button } from '../../components/button.tsx'
import { Dialog, focusFirstField } from '../../components/dialog.tsx'
import { Segments } from '../../components/segments.tsx'
import { SplitButton } from '../../components/split-button.tsx'
import { isMac } from '../../keyboard/platform.ts'
import { useSay } from '../../say.tsx'
import { useApp } from '../../store/store.ts'
import { errorActions } from '../machine/error-actions.ts'
import { ErrorCard } from '../machine/error-card.tsx'
import { type Answer, useAnswer } from '../machine/use-answer.ts'
import { CommandPreview } from './command-preview.tsx'
import { ContainerFields } from './container-fields.tsx'
import { filledContainerForm, readContainerForm } from './container-form.ts'
import { changeContainer, changeVm, clearDraft, type Draft, isChanged, setKind, useDraft } from './draft.ts'
import { Asking, Endpoints, Nowhere } from './endpoints.tsx'
import { ImportForm } from './import-form.tsx'
import type { Problems } from './problems.ts'
import { guessFormat } from './propose.ts'
import { useEndpoints } from './use-endpoints.ts'
import { type Submission, useSubmission } from './use-submission.ts'
import { VmFields } from './vm-fields.tsx'
import { filledVmForm, optionsFor, readVmForm } from './vm-form.ts'

const widthPx = 720

/**
 * New machine: one form, whose defaults make a good one. What is typed stays as a draft until it is made. Where it is to run
 * decides all the rest, so that it stands first, and at the same place while its provider is asked.
 */
export function CreateDialog(): ReactNode {
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
  return <CreateForm draft={draft} endpoint={endpoint ?? null} options={options} />
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

/**
 * One dialog whatever is chosen in it, with the choice of the place at one position in it: what is drawn anew would lose the
 * keyboard.
 */
function CreateForm({
  draft,
  endpoint,
  options: { value, error, again },
}: {
  readonly draft: Draft
  /** Null where nothing can be made. */
  readonly endpoint: Endpoint | null
  readonly options: Answer<CreateOptions | null>
}): ReactNode {
  const say = useSay()
  const subject = `${draft.kind} ${endpoint?.id ?? ''}`
  const options = value?.kind === 'vm' ? optionsFor(draft.vm, value) : value
  const machines = useApp(({ inventory }) => inventory.machines)
  const [opened, setOpened] = useState<string | null>(null)
  const taken = new Set(
    [...machines.values()].filter((machine) => machine.endpointId === endpoint?.id).map(({ name }) => name),
  )
  const vm = options?.kind === 'vm' ? filledVmForm(draft.vm, options, taken) : null
  const container = options?.kind === 'container' ? filledContainerForm(draft.container, taken) : null
  const read = (startAfter: boolean): ReadForm => {
    if (options?.kind === 'vm' && vm !== null) return readVmForm(vm, options, guessFormat(vm.imagePath), startAfter)
    if (container === null || endpoint === null) return unread
    return readContainerForm(container, endpoint.id, taken, startAfter)
  }
  const { spec, problems } = read(true)
  const submission = useSubmission(subject, problems, say)
  const first = useFirstField(options !== null)
  const shared = {
    problemOf: submission.problemOf,
    onLeave: submission.leave,
    isMoreOpen: opened === subject || submission.hasProblemIn(hiddenFields),
    onMore: (isOpen: boolean) => setOpened(isOpen ? subject : null),
  }
  const submit = (startAfter: boolean): void => {
    if (options !== null) void submission.submit(read(startAfter).spec)
  }
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
    <div onKeyDown={onKeyDown} {...first.touch}>
      <Dialog
        title={say('create.title')}
        widthPx={widthPx}
        hasSteadyTop
        headerExtra={<Kinds draft={draft} />}
        onClose={closeDialog}
        note={options !== null && <Note submission={submission} draft={draft} />}
        footer={
          <>
            <Button onClick={closeDialog}>{say('verb.cancel')}</Button>
            {options !== null && (
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
            )}
          </>
        }
      >
        {endpoint === null ? (
          <Nowhere kind={draft.kind} />
        ) : (
          <div ref={first.form} className={`form ${options === null ? 'create-asking' : ''}`}>
            {submission.failure !== null && (
              <ErrorCard
                title={{ key: 'task.create.failed', params: { name: spec?.name ?? say('create.title') } }}
                error={submission.failure}
                taskId={null}
                tool={endpoint.label}
                actions={errorActions(submission.failure.code, { verb: 'create', state: null, canRetry: true })}
                onAction={() => submit(true)}
                onClose={submission.clearFailure}
              />
            )}
            {/* Another place can be chosen while this one is asked, or when it does not say. */}
            <Endpoints chosen={endpoint.id} kind={draft.kind} onChange={(id) => chooseEndpoint(draft.kind, id)} />
            {options === null && <Asking endpoint={endpoint} error={error} onRetry={again} />}
            {options?.kind === 'vm' && vm !== null && (
              <VmFields
                key={subject}
                form={vm}
                options={options}
                taken={taken}
                refusals={submission.refusals}
                onChange={changeVm}
                {...shared}
              />
            )}
            {options?.kind === 'container' && container !== null && (
              <ContainerFields
                key={subject}
                form={container}
                options={options}
                provider={endpoint.label}
                onChange={changeContainer}
                {...shared}
              />
            )}
            {options !== null && <CommandPreview key={`preview ${subject}`} spec={spec} />}
          </div>
        )}
      </Dialog>
    </div>
  )
}

/** What a form comes to: what is to be made, or what is wrong with it. */
type ReadForm = { readonly spec: CreateSpec | null; readonly problems: Problems }
const unread: ReadForm = { spec: null, problems: new Map() }

/**
 * The fields come a moment after the dialog. The first of them then takes the keyboard, unless the person has pressed something
 * meanwhile: one who goes from place to place stays at the choice of the place.
 */
function useFirstField(isReady: boolean) {
  const form = useRef<HTMLDivElement>(null)
  const isTouched = useRef(false)
  useEffect(() => {
    const dialog = form.current?.closest<HTMLElement>('.dialog') ?? null
    if (isReady && !isTouched.current && dialog !== null) focusFirstField(dialog)
  }, [isReady])
  const onTouch = (): void => {
    isTouched.current = true
  }
  return { form, touch: { onKeyDownCapture: onTouch, onPointerDownCapture: onTouch } }
}

function chooseEndpoint(kind: Draft['kind'], endpointId: EndpointId): void {
  if (kind === 'vm') changeVm({ endpointId })
  else changeContainer({ endpointId })
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
