import { type ReactNode, useEffect, useState } from 'react'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { RemovalPlan } from '../../../app/domain/trash.ts'
import { formatBytes } from '../../../app/domain/units.ts'
import type { MessageKey, TextParams } from '../../../app/messages/text.ts'
import { removalPlan, removeMachine } from '../../actions/machines.ts'
import { closeDialog } from '../../actions/navigate.ts'
import { Button } from '../../components/button.tsx'
import { Checkbox } from '../../components/checkbox.tsx'
import { ConfirmationField } from '../../components/confirmation-field.tsx'
import { AlertDialog } from '../../components/dialog.tsx'
import { confirmationOf, isConfirmed } from '../../format/confirmation.ts'
import { shortId } from '../../format/names.ts'
import { Say, useLocale, useSay } from '../../say.tsx'
import { useApp } from '../../store/store.ts'
import { errorActions } from './error-actions.ts'
import { ErrorCard } from './error-card.tsx'
import { namesInSentence, summaryOf } from './removal-summary.ts'
import './remove-dialog.css'
import { useAnswer } from './use-answer.ts'

/** Machines that are in use have a line each, which says by what; more are a number. */
const maxBlocked = 3

/** What removing would do is worked out first; the dialog then says it, with sizes, and asks as much as that deserves. */
export function RemoveDialog({ machineIds }: { readonly machineIds: readonly MachineId[] }): ReactNode {
  const key = machineIds.join()
  const { value, error, again } = useAnswer(key, '', () => Promise.all(machineIds.map(removalPlan)))
  const [first] = machineIds
  if (first === undefined) return null
  if (value !== null) return <Plans plans={value} />
  return <Waiting machineId={first} count={machineIds.length} error={error} onRetry={again} />
}

function Waiting({
  machineId,
  count,
  error,
  onRetry,
}: {
  readonly machineId: MachineId
  readonly count: number
  readonly error: ReturnType<typeof useAnswer>['error']
  readonly onRetry: () => void
}): ReactNode {
  const say = useSay()
  const name = useNames()(machineId)
  return (
    <AlertDialog
      title={count === 1 ? <Say text="remove.title" params={{ name }} /> : say('remove.titleMany', { count })}
      onClose={closeDialog}
      widthPx={440}
      footer={null}
    >
      {error === null ? (
        <p className="quiet-text">{say('remove.looking')}</p>
      ) : (
        <ErrorCard
          title={{ key: 'remove.planFailed' }}
          error={error}
          taskId={null}
          tool={null}
          actions={errorActions(error.code, { verb: 'remove', state: null, canRetry: true })}
          onAction={onRetry}
          onClose={null}
        />
      )}
    </AlertDialog>
  )
}

function Plans({ plans }: { readonly plans: readonly RemovalPlan[] }): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const nameOf = useNames()
  const isOn = useIsOn()
  const [volumes, setVolumes] = useState<ReadonlySet<string>>(new Set())
  const [typed, setTyped] = useState('')
  const { possible, gone, trashed, blocked, isMixed, sizeBytes, snapshotCount: snapshots } = summaryOf(plans)
  const count = possible.length
  // One machine is told by its name; many by how many they are, which is typed as well: only of those that go for good.
  const [lost] = gone
  const asked =
    lost === undefined
      ? null
      : gone.length === 1
        ? confirmationOf(nameOf(lost.machineId), lost.machineId)
        : String(gone.length)
  const size = sizeBytes === null ? null : formatBytes(sizeBytes, locale)
  const offered = [...new Set(possible.flatMap((plan) => plan.volumes))]
  const stays = [...new Set(possible.flatMap((plan) => plan.stays))]
  const isTyped = asked === null || isConfirmed(asked, typed)

  useEffect(() => {
    if (plans.length === 0) closeDialog()
  }, [plans])

  const remove = (): void => {
    closeDialog()
    for (const plan of possible) {
      const own = plan.volumes.filter((volume) => volumes.has(volume))
      void removeMachine(plan.machineId, own, plan.way === 'gone' ? nameOf(plan.machineId) : null)
    }
  }
  const isGone = gone.length > 0
  const stopping = possible.filter((plan) => isOn(plan.machineId))
  const namesOf = (some: readonly RemovalPlan[]): string =>
    namesInSentence(
      some.map(({ machineId }) => nameOf(machineId).trim() || shortId(machineId)),
      say,
    )
  // What is blocked is named below: the title counts what goes.
  const named = count === 0 ? plans : possible
  const title =
    named.length === 1 && named[0] !== undefined ? (
      <Say text={isGone ? 'remove.titleGone' : 'remove.title'} params={{ name: nameOf(named[0].machineId) }} />
    ) : (
      say(isGone && !isMixed ? 'remove.titleManyGone' : 'remove.titleMany', { count: named.length })
    )
  return (
    <AlertDialog
      title={title}
      description={count === 0 ? undefined : cost()}
      onClose={closeDialog}
      widthPx={440}
      footer={
        count > 0 && (
          <Button
            kind={isGone ? 'danger-fill' : 'danger'}
            reason={isTyped ? null : say('remove.typeFirst')}
            onClick={remove}
          >
            {act()}
          </Button>
        )
      }
    >
      <div className="remove">
        {isMixed && (
          <ul className="remove-ways">
            <li>
              <Say text="remove.waysGone" params={{ count: gone.length, names: namesOf(gone) }} />
            </li>
            <li>
              <Say text="remove.waysTrash" params={{ count: trashed.length, names: namesOf(trashed) }} />
            </li>
          </ul>
        )}
        {blocked.length > maxBlocked ? (
          <Warning text="remove.blockedMany" params={{ count: blocked.length, names: namesOf(blocked) }} />
        ) : (
          blocked.map((plan) => (
            <Warning
              key={plan.machineId}
              text="remove.blocked"
              params={{ name: nameOf(plan.machineId), others: plan.blockedBy.join(', ') }}
            />
          ))
        )}
        {stopping.length > 1 && (
          <Warning text="remove.stopsFirstMany" params={{ count: stopping.length, names: namesOf(stopping) }} />
        )}
        {stopping.length === 1 && <Warning text="remove.stopsFirst" params={{ name: namesOf(stopping) }} />}
        {stays.length > 0 && (
          <div>
            <p className="quiet-text">{say('remove.stays')}</p>
            <ul className="remove-list mono">
              {stays.map((path) => (
                <li key={path}>{path}</li>
              ))}
            </ul>
          </div>
        )}
        {offered.map((volume) => (
          <Checkbox
            key={volume}
            label={<Say text="remove.volume" params={{ volume }} />}
            hint={say('remove.volumeHint')}
            isChecked={volumes.has(volume)}
            onChange={(isChecked) => {
              const next = new Set(volumes)
              if (isChecked) next.add(volume)
              else next.delete(volume)
              setVolumes(next)
            }}
          />
        ))}
        {asked !== null && (
          <ConfirmationField
            asked={asked}
            isCount={gone.length !== 1}
            typed={typed}
            onChange={setTyped}
            onConfirm={() => isTyped && remove()}
          />
        )}
      </div>
    </AlertDialog>
  )

  function act(): string {
    if (!isGone) return say('remove.toTrash')
    if (isMixed) return say('remove.deleteCount', { count })
    return size === null ? say('remove.deleteGone') : say('remove.deleteSize', { size })
  }

  /** Of a mixed deletion what goes for good: the rest can be brought back. */
  function cost(): string {
    if (!isGone) return say('remove.trashCost', { count })
    if (size === null) return snapshots === 0 ? say('trash.cost') : say('remove.cost', { count: snapshots })
    return snapshots === 0 ? say('remove.costSizeOnly', { size }) : say('remove.costSize', { size, count: snapshots })
  }
}

function Warning({ text, params }: { readonly text: MessageKey; readonly params: TextParams }): ReactNode {
  return (
    <p className="notice notice-warning">
      <span>
        <Say text={text} params={params} />
      </span>
    </p>
  )
}

/** Whether a machine runs: worth saying before it goes. */
function useIsOn(): (id: MachineId) => boolean {
  const machines = useApp(({ inventory }) => inventory.machines)
  return (id) => machines.get(id)?.state === 'running'
}

/** Names as they are now; a machine that is gone meanwhile keeps its id. */
function useNames(): (id: MachineId) => string {
  const machines = useApp(({ inventory }) => inventory.machines)
  return (id) => machines.get(id)?.name ?? id
}
