import type { MachineId } from '../../../app/domain/ids.ts'
import { call } from '../../actions/call.ts'
import { useAnswer } from '../machine/use-answer.ts'
import { typicalRestoreMs } from './restore-time.ts'

/** Among so many of a machine's tasks its restores are looked for. */
const lookedAt = 200

/** How long a machine's last restores took; read anew whenever its tree (`revision`) is another. */
export function useTypicalRestoreMs(id: MachineId, revision: string): number | null {
  const entries = useAnswer(id, revision, () => call('activity.list', { id, limit: lookedAt, before: null }))
  return typicalRestoreMs(entries.value ?? [])
}
