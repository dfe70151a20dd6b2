import type { ReactNode } from 'react'
import type { MachineId } from '../../../app/domain/ids.ts'
import { formatMemory } from '../../../app/domain/units.ts'
import { discardSuspended } from '../../actions/machines.ts'
import { closeDialog } from '../../actions/navigate.ts'
import { Button } from '../../components/button.tsx'
import { AlertDialog } from '../../components/dialog.tsx'
import { Say, useLocale, useSay } from '../../say.tsx'
import { machineOf } from '../../store/selectors.ts'
import { useApp } from '../../store/store.ts'

/** Asks before a suspended machine's memory goes: there is no way back from that. */
export function DiscardDialog({ machineId }: { readonly machineId: MachineId }): ReactNode {
  const say = useSay()
  const locale = useLocale()
  const machine = useApp(machineOf(machineId))
  if (machine === null) return null
  const size = machine.memoryBytes === null ? null : formatMemory(machine.memoryBytes, locale)
  return (
    <AlertDialog
      title={<Say text="discard.title" params={{ name: machine.name }} />}
      description={size === null ? say('discard.cost') : say('discard.costSize', { size })}
      onClose={closeDialog}
      footer={
        <Button
          kind="danger-fill"
          onClick={() => {
            closeDialog()
            void discardSuspended(machineId)
          }}
        >
          {say('discard.discard')}
        </Button>
      }
    />
  )
}
