import { useEffect, useState } from 'react'
import type { ConsoleOption } from '../../../app/domain/console.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { attemptUnasked, call } from '../../actions/call.ts'
import { placeOf } from '../../actions/machines.ts'
import { machineOf } from '../../store/selectors.ts'
import { useApp } from '../../store/store.ts'

/** The consoles a machine offers in its present state; null until they are known. */
export function useConsoleOptions(machineId: MachineId): readonly ConsoleOption[] | null {
  const [options, setOptions] = useState<readonly ConsoleOption[] | null>(null)
  const state = useApp((now) => machineOf(machineId)(now)?.state ?? null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what can be opened changes with the machine's state
  useEffect(() => {
    let isGone = false
    void attemptUnasked(placeOf(machineId), () => call('console.options', { id: machineId })).then((found) => {
      if (!isGone) setOptions((before) => found ?? before ?? [])
    })
    return () => {
      isGone = true
    }
  }, [machineId, state])
  return options
}
