import type { ReactNode } from 'react'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { RestoreRecord } from '../../../app/domain/snapshot.ts'
import { formatBytes } from '../../../app/domain/units.ts'
import { letGoRestore } from '../../actions/snapshots.ts'
import { Button } from '../../components/button.tsx'
import { AlertDialog } from '../../components/dialog.tsx'
import { useMinute } from '../../format/clock.ts'
import { momentText } from '../../format/moment-text.ts'
import { Say, useLocale, useSay } from '../../say.tsx'

/** Asks before an undo copy goes, and its restore's way back with it. */
export function DiscardCopy({
  machineId,
  record,
  onClose,
}: {
  readonly machineId: MachineId
  readonly record: RestoreRecord
  readonly onClose: () => void
}): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const now = useMinute()
  const time = momentText(record.keptAt, now, locale, say)
  const size = record.keptBytes === null ? null : formatBytes(record.keptBytes, locale)
  return (
    <AlertDialog
      title={say('undo.letGoTitle')}
      description={
        <Say text={size === null ? 'undo.letGoBody' : 'undo.letGoBodySize'} params={{ time, size: size ?? '' }} />
      }
      onClose={onClose}
      footer={
        <Button
          kind="danger-fill"
          onClick={() => {
            onClose()
            void letGoRestore(machineId, record.id)
          }}
        >
          {size === null ? say('undo.letGo') : say('undo.letGoSize', { size })}
        </Button>
      }
    />
  )
}
