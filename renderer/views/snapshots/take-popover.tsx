import { type FormEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { PermitContext } from '../../../app/domain/permit.ts'
import { takeSnapshot } from '../../actions/snapshots.ts'
import { Button } from '../../components/button.tsx'
import { Checkbox } from '../../components/checkbox.tsx'
import { Field } from '../../components/field.tsx'
import { Popover } from '../../components/popover.tsx'
import { TextArea, TextInput } from '../../components/text-input.tsx'
import { type SayFunction, useSay } from '../../say.tsx'
import { useSnapshotTree } from '../../store/snapshots.ts'
import { setUi, useApp } from '../../store/store.ts'
import { proposedName } from './proposed-name.ts'
import { useSpaceNote } from './space-note.ts'
import './snapshots.css'

/** The header's Snapshot button and what it asks. A shortcut, the palette or a menu opens it too, by `ui.request`. */
export function TakePopover({
  context,
  reason,
}: {
  readonly context: PermitContext
  readonly reason: string | null
}): ReactNode {
  const say = useSay()
  const { machine } = context
  const [isOpen, setOpen] = useState(false)
  const isAsked = useApp(({ ui }) => ui.request?.kind === 'takeSnapshot' && ui.request.machineId === machine.id)
  useEffect(() => {
    if (!isAsked) return
    setUi({ request: null })
    setOpen(true)
  }, [isAsked])
  return (
    <Popover
      label={say('verb.snapshot')}
      align="end"
      isOpen={isOpen && reason === null}
      onOpenChange={setOpen}
      trigger={
        <Button icon="snapshot-add" reason={reason}>
          <span className="machine-verb-text">{say('detail.snapshot')}</span>
        </Button>
      }
    >
      <TakeForm context={context} onDone={() => setOpen(false)} />
    </Popover>
  )
}

function TakeForm({ context, onDone }: { readonly context: PermitContext; readonly onDone: () => void }): ReactNode {
  const say = useSay()
  const { machine } = context
  const memoryReason = whyNoMemory(context, say)
  const proposed = proposedName(useSnapshotTree(machine.id, true).tree, say)
  const [typed, setTyped] = useState<string | null>(null)
  const name = typed ?? proposed
  const field = useRef<HTMLInputElement>(null)
  // The number may come a moment later, and the language be another: what is typed then still takes the place of all of it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new proposal is what takes the selection away
  useLayoutEffect(() => {
    if (typed === null && document.activeElement === field.current) field.current?.select()
  }, [proposed])
  const [description, setDescription] = useState('')
  const [wantsMemory, setWantsMemory] = useState(true)
  const always = context.provider.snapshotsHoldMemory
  const hasMemory = (wantsMemory || always !== undefined) && memoryReason === null
  const space = useSpaceNote(machine)
  const problem = name.trim() === '' ? say('create.problem.name.empty') : null
  /** What the box does as it stands. */
  const memoryHint = (): string => {
    if (memoryReason !== null) return memoryReason
    if (!hasMemory) return say('snap.withoutMemoryHint')
    return space === null ? say('snap.withMemoryHint') : `${say('snap.withMemoryHint')} ${space.text}`
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (problem !== null) return
    onDone()
    void takeSnapshot(machine.id, { name: name.trim(), description: description.trim(), memory: hasMemory })
  }
  return (
    <form className="ask" onSubmit={submit}>
      <Field label={say('detail.name')} error={problem}>
        {(control) => (
          <TextInput
            {...control}
            ref={field}
            dir="auto"
            maxLength={200}
            value={name}
            onFocus={(event) => event.currentTarget.select()}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={say('snap.description')}>
        {(control) => (
          <TextArea
            {...control}
            dir="auto"
            rows={2}
            maxLength={10_000}
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
          />
        )}
      </Field>
      {machine.kind === 'vm' && always !== undefined && memoryReason === null && (
        <p className="ask-note">{say(always)}</p>
      )}
      {machine.kind === 'vm' && always === undefined && (
        <Checkbox
          label={say('snap.withMemoryLabel')}
          hint={memoryHint()}
          isChecked={hasMemory}
          onChange={setWantsMemory}
          reason={memoryReason}
        />
      )}
      <div className="ask-buttons">
        <Button onClick={onDone}>{say('verb.cancel')}</Button>
        <button
          type="submit"
          className="button button-primary"
          {...(problem === null ? {} : { 'aria-disabled': true })}
        >
          {say('verb.snapshot')}
        </button>
      </div>
    </form>
  )
}

function whyNoMemory({ machine }: PermitContext, say: SayFunction): string | null {
  const isOn = machine.state === 'running' || machine.state === 'paused'
  return isOn ? null : say('snap.noMemory')
}
