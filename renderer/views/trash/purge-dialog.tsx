import { type ReactNode, useState } from 'react'
import type { TrashItem } from '../../../app/domain/trash.ts'
import { formatBytes } from '../../../app/domain/units.ts'
import { attempt, call } from '../../actions/call.ts'
import { Button } from '../../components/button.tsx'
import { ConfirmationField } from '../../components/confirmation-field.tsx'
import { AlertDialog } from '../../components/dialog.tsx'
import { confirmationOf, isConfirmed } from '../../format/confirmation.ts'
import { showControls } from '../../format/names.ts'
import { Say, useLocale, useSay } from '../../say.tsx'
import { useAnswer } from '../machine/use-answer.ts'
import '../machine/remove-dialog.css'

/** For good: what is freed is said, who may need the files, and the machine's name (or how many they are) is typed. */
export function PurgeDialog({
  items,
  onClose,
}: {
  readonly items: readonly TrashItem[]
  readonly onClose: () => void
}): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const [typed, setTyped] = useState('')
  const trashIds = items.map((item) => item.id)
  const { value: plan, error } = useAnswer('purge', trashIds.join(' '), () => call('trash.purgePlan', { trashIds }))
  const { blockedBy = [], unknown = [] } = plan ?? {}
  const [first] = items
  const count = items.length
  const sizes = items.map((item) => item.sizeBytes).filter((size) => size !== null)
  const size =
    sizes.length === 0
      ? null
      : formatBytes(
          sizes.reduce((sum, one) => sum + one, 0),
          locale,
        )
  const asked = count === 1 && first !== undefined ? confirmationOf(first.name, first.machineId) : String(count)
  const reason = !isConfirmed(asked, typed)
    ? say('remove.typeFirst')
    : // Of several, those that are in use stay and the task says so: what uses them may go along with them.
      count === 1 && blockedBy.length > 0
      ? say('trash.blockedShort')
      : // Without a plan main still refuses what it cannot be sure of.
        plan === null && error === null
        ? say('remove.looking')
        : null
  const purge = (): void => {
    if (reason !== null) return
    onClose()
    void attempt('window', () => call('trash.purge', { trashIds, acknowledged: [...unknown] }))
  }
  return (
    <AlertDialog
      title={
        count === 1 && first !== undefined ? (
          <Say text="remove.titleGone" params={{ name: first.name }} />
        ) : (
          say('remove.titleManyGone', { count })
        )
      }
      description={size === null ? say('trash.cost') : say('trash.costSize', { size })}
      onClose={onClose}
      footer={
        <Button kind="danger-fill" reason={reason} onClick={purge}>
          {size === null ? say('remove.deleteGone') : say('remove.deleteSize', { size })}
        </Button>
      }
    >
      <div className="remove">
        {blockedBy.length > 0 && <Machines title={say('trash.blocked')} names={blockedBy} hint={null} />}
        {unknown.length > 0 && (
          <Machines title={say('trash.unknown')} names={unknown} hint={say('trash.unknown.hint')} />
        )}
        <ConfirmationField asked={asked} isCount={count !== 1} typed={typed} onChange={setTyped} onConfirm={purge} />
      </div>
    </AlertDialog>
  )
}

/** All of them: whoever says yes says it to each. */
function Machines({
  title,
  names,
  hint,
}: {
  readonly title: string
  readonly names: readonly string[]
  readonly hint: string | null
}): ReactNode {
  return (
    <div className="notice notice-warning">
      <div>
        {title}
        <ul className="remove-list" tabIndex={names.length > 5 ? 0 : undefined} aria-label={title}>
          {names.map((name) => (
            <li key={name}>
              <bdi dir="auto">{showControls(name)}</bdi>
            </li>
          ))}
        </ul>
        {hint}
      </div>
    </div>
  )
}
