import type { ActivityEntry } from '../../../app/contract/views.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { call } from '../../actions/call.ts'
import { useApp } from '../../store/store.ts'
import { type Answer, useAnswer } from './use-answer.ts'

/** The newest entries of a machine's activity, read again whenever one of its tasks changes state. */
export function useActivity(id: MachineId, limit: number): Answer<readonly ActivityEntry[]> {
  const key = useApp(({ tasks }) =>
    [...tasks.byId.values()]
      .filter((task) => task.machineId === id)
      .map((task) => `${task.id}${task.state}`)
      .join(),
  )
  return useAnswer(id, `${limit} ${key}`, () => call('activity.list', { id, limit, before: null }))
}
