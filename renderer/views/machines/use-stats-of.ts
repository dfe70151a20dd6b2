import { useEffect } from 'react'
import type { MachineId } from '../../../app/domain/ids.ts'
import { store } from '../../store/store.ts'
import { setStatsInterest } from '../../store/watch-stats.ts'

/** Asks for figures of these machines while they are on screen; those that do not run have none. */
export function useStatsOf(owner: string, ids: readonly MachineId[]): void {
  const key = ids.join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the ids
  useEffect(() => {
    const { machines } = store.getState().inventory
    setStatsInterest(
      owner,
      ids.filter((id) => machines.get(id)?.state === 'running'),
    )
  }, [owner, key])
  useEffect(() => () => setStatsInterest(owner, []), [owner])
}
