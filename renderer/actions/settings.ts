import type { Settings } from '../../app/domain/settings.ts'
import { store } from '../store/store.ts'
import { attempt, call } from './call.ts'

type DeepPartial<T> = { readonly [K in keyof T]?: T[K] extends readonly unknown[] ? T[K] : DeepPartial<T[K]> }

export const zoomStepPercent = 10

/** Changes settings; what is left out stays. They apply when main has said so, which is at once. */
export async function saveSettings(changes: DeepPartial<Settings>): Promise<void> {
  const settings = await attempt('settings', () =>
    call('settings.set', { changes: changes as Record<string, unknown> }),
  )
  if (settings !== null) store.setState({ settings })
}

/** Text a step larger (1), smaller (-1), or at its own size (0). */
export function zoomText(direction: 1 | -1 | 0): void {
  const now = store.getState().settings?.textZoomPercent ?? 100
  const next = direction === 0 ? 100 : now + direction * zoomStepPercent
  void saveSettings({ textZoomPercent: Math.min(200, Math.max(80, next)) })
}
