import type { Machine } from '../../../app/domain/machine.ts'
import { formatBytes, formatMemory } from '../../../app/domain/units.ts'
import { useLocale, useSay } from '../../say.tsx'
import { useApp } from '../../store/store.ts'

export interface SpaceNote {
  readonly text: string
  /** More may be needed than is free. */
  readonly isTight: boolean
}

/**
 * What keeping a running machine's memory may take, against what is free; null when neither is known. The memory's size is
 * the most it can be, which is all that is known before.
 */
export function useSpaceNote(machine: Machine): SpaceNote | null {
  const say = useSay()
  const locale = useLocale()
  const freeBytes = useApp(({ system }) => system?.freeBytes ?? null)
  if (machine.kind !== 'vm' || machine.memoryBytes === null || freeBytes === null) return null
  const size = formatMemory(machine.memoryBytes, locale)
  const free = formatBytes(freeBytes, locale)
  const isTight = freeBytes < machine.memoryBytes
  return { text: say(isTight ? 'snap.spaceTight' : 'snap.space', { size, free }), isTight }
}
