import { type ReactNode, useEffect } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { ConsoleWindowTarget } from '../../../app/contract/console-window.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { TooltipLayer } from '../../components/tooltip.tsx'
import { useSay } from '../../say.tsx'
import { wishToType } from '../../screen/wish.ts'
import { permitContext } from '../../store/selectors.ts'
import { useApp } from '../../store/store.ts'
import { LiveRegions } from '../app/live-regions.tsx'
import { StateNotices } from '../app/state-notices.tsx'
import { useLook } from '../app/use-look.ts'
import { useTaskFailures } from '../app/use-task-failures.ts'
import { useNoFileDrop } from '../drop/use-file-drop.ts'
import { MachineFailure } from '../machine/machine-failure.tsx'
import { ConsoleTab } from './console-tab.tsx'
import './console-window.css'

/** One machine's console alone in a window: no list, no tabs, and the keyboard in the console at once. */
export function ConsoleWindow({ machineId, consoleId }: ConsoleWindowTarget): ReactNode {
  useLook()
  useTaskFailures()
  useNoFileDrop()
  const say = useSay()
  const context = useApp(useShallow((state) => permitContext(state, machineId)))
  const isReady = useApp((state) => state.connection.state === 'ready')
  const name = context?.machine.name ?? null

  useEffect(() => wishToType(machineId), [machineId])
  useEffect(() => {
    document.title = name ?? 'Berth'
  }, [name])

  return (
    <div className="console-window">
      <main className="console-window-main" aria-label={name ?? 'Berth'}>
        {context !== null && (
          <>
            <MachineFailure context={context} isOwnWindow />
            <ConsoleTab machineId={machineId} first={consoleId} isOwnWindow />
          </>
        )}
        {context === null && isReady && <EmptyState>{say('console.window.gone')}</EmptyState>}
      </main>
      <StateNotices />
      <LiveRegions />
      <TooltipLayer />
    </div>
  )
}
