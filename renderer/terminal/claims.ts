import { useEffect, useState, useSyncExternalStore } from 'react'
import type { SessionId } from '../../app/domain/ids.ts'
import { createEmitter } from '../../app/util/emitter.ts'

type Place = symbol

const claims = new Map<SessionId, readonly Place[]>()
const changes = createEmitter<void>()

function claim(id: SessionId, place: Place): void {
  claims.set(id, [...(claims.get(id) ?? []).filter((known) => known !== place), place])
  changes.emit()
}

function release(id: SessionId, place: Place): void {
  const rest = (claims.get(id) ?? []).filter((known) => known !== place)
  if (rest.length === 0) claims.delete(id)
  else claims.set(id, rest)
  changes.emit()
}

/**
 * A terminal is one thing and can be at one place of the window: at the last that asked, and when that goes, again at the
 * one before. Returns whether it is here, and what asks for it anew.
 */
export function useClaim(id: SessionId): { readonly isHere: boolean; readonly claim: () => void } {
  const [place] = useState(() => Symbol())
  useEffect(() => {
    claim(id, place)
    return () => release(id, place)
  }, [id, place])
  const isHere = useSyncExternalStore(changes.on, () => claims.get(id)?.at(-1) === place)
  return { isHere, claim: () => claim(id, place) }
}
