import { useEffect } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { MachineId } from '../../../app/domain/ids.ts'
import { useApp } from '../../store/store.ts'
import { setStatsInterest } from '../../store/watch-stats.ts'

/** Asks for figures of these machines while they are on screen and run; one that starts in view joins them. */
export function useStatsOf(owner: string, ids: readonly MachineId[]): void {
  const running = useApp(
    useShallow(({ inventory }) => ids.filter((id) => inventory.machines.get(id)?.state === 'running')),
  )
  useEffect(() => setStatsInterest(owner, running), [owner, running])
  useEffect(() => () => setStatsInterest(owner, []), [owner])
}
