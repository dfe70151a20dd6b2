import { type FormEvent, type ReactNode, useId, useState } from 'react'
import type { MachineId, SnapshotId } from '../../../app/domain/ids.ts'
import type { Text } from '../../../app/messages/text.ts'
import { cloneMachine } from '../../actions/create.ts'
import { closeDialog } from '../../actions/navigate.ts'
import { openWhenMade } from '../../actions/open-when-made.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Field } from '../../components/field.tsx'
import { RadioCards } from '../../components/radio-cards.tsx'
import { Select } from '../../components/select.tsx'
import { TextInput } from '../../components/text-input.tsx'
import { showControls } from '../../format/names.ts'
import { Say, useSay } from '../../say.tsx'
import { machineOf } from '../../store/selectors.ts'
import { useSnapshotTree } from '../../store/snapshots.ts'
import { useApp } from '../../store/store.ts'
import { uniqueName } from '../create/propose.ts'

const present = 'present'
/** Leaves room for a number in a name of 200 characters. */
const maxBaseLength = 190

/** Makes another machine like this one: as it is now, or as it was at a snapshot. */
export function CloneDialog({
  machineId,
  snapshotId,
}: {
  readonly machineId: MachineId
  readonly snapshotId: SnapshotId | null
}): ReactNode {
  const say = useSay()
  const formId = useId()
  const machine = useApp(machineOf(machineId))
  const machines = useApp(({ inventory }) => inventory.machines)
  const provider = useApp(({ inventory }) => inventory.providers.find(({ id }) => machineId.startsWith(`${id}:`)))
  const { tree } = useSnapshotTree(machineId, provider?.capabilities.includes('snapshots') ?? false)
  const [from, setFrom] = useState<string>(snapshotId ?? present)
  const [mode, setMode] = useState<'full' | 'linked'>('full')
  const [typed, setTyped] = useState<string | null>(null)
  if (machine === null) return null

  const taken = new Set([...machines.values()].map((other) => other.name))
  const name = typed ?? uniqueName(machine.name.slice(0, maxBaseLength), taken)
  const isRunning = machine.state === 'running' || machine.state === 'paused'
  const isContainer = machine.kind === 'container'
  const problem = name.trim() === '' ? say('create.problem.name.empty') : null
  const runningReason: Text | null =
    isRunning && from === present ? { key: 'why.state.running', params: { name: machine.name } } : null
  // What never changes before what does.
  const linkedCloneUnsupported = provider?.linkedCloneUnsupported ?? runningReason
  const linkedReason = linkedCloneUnsupported === null ? null : say(linkedCloneUnsupported)
  const chosenMode = linkedReason === null ? mode : 'full'
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (problem !== null) return
    closeDialog()
    const request = { name: name.trim(), mode: chosenMode, snapshotId: from === present ? null : from }
    void cloneMachine(machineId, request).then((taskId) => taskId !== null && openWhenMade(taskId))
  }
  return (
    <Dialog
      title={<Say text="clone.title" params={{ name: machine.name }} />}
      widthPx={520}
      onClose={closeDialog}
      footer={
        <>
          <Button onClick={closeDialog}>{say('verb.cancel')}</Button>
          <button type="submit" form={formId} className="button button-primary">
            {say('clone.clone')}
          </button>
        </>
      }
    >
      <form id={formId} className="dialog-form" onSubmit={submit}>
        <Field label={say('detail.name')} error={problem}>
          {(control) => (
            <TextInput
              {...control}
              dir="auto"
              maxLength={200}
              value={name}
              onFocus={(event) => event.currentTarget.select()}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          )}
        </Field>
        {tree !== null && tree.snapshots.length > 0 && (
          <Field label={say('clone.from')}>
            {(control) => (
              <Select
                control={control}
                value={from}
                options={[
                  { value: present, label: say('clone.present') },
                  ...tree.snapshots
                    .filter((snapshot) => !snapshot.keptForUndo)
                    .map((snapshot) => ({ value: snapshot.id, label: showControls(snapshot.name) })),
                ]}
                onChange={setFrom}
              />
            )}
          </Field>
        )}
        {!isContainer && (
          <RadioCards
            label={say('clone.mode')}
            value={chosenMode}
            cards={[
              { value: 'full', label: say('clone.full'), hint: say('clone.full.hint') },
              {
                value: 'linked',
                label: say('clone.linked'),
                hint: say('clone.linked.hint'),
                reason: linkedReason,
              },
            ]}
            onChange={setMode}
          />
        )}
      </form>
    </Dialog>
  )
}
