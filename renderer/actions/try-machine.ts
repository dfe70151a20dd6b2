import { Failure, failure } from '../../app/domain/errors.ts'
import type { EndpointId, TaskId } from '../../app/domain/ids.ts'
import { wishToType } from '../screen/wish.ts'
import { store } from '../store/store.ts'
import { isOver } from '../store/tasks.ts'
import { uniqueName } from '../views/create/propose.ts'
import { placeOfTry } from '../views/first-run/try-place.ts'
import { trySpec } from '../views/first-run/try-spec.ts'
import { attempt, call } from './call.ts'
import { openMachine } from './navigate.ts'

/** Lets its provider make ready what it can while the page is read. What cannot be had is said when it is wanted. */
export function prepareToTry(endpointId: EndpointId): void {
  call('create.options', { endpointId }).catch(() => {})
}

/** Makes the machine, starts it and shows its console with the keyboard in it; a failure stands beside the button. */
export async function tryMachine(endpointId: EndpointId, name: string): Promise<void> {
  await attempt(placeOfTry, async () => {
    const options = await call('create.options', { endpointId })
    if (options.kind !== 'vm') throw failure('unsupported', { key: 'first.tryNone' })
    const taken = new Set([...store.getState().inventory.machines.values()].map((machine) => machine.name))
    const taskId = await call('create.run', { spec: trySpec(options, uniqueName(name, taken)) })
    await showWhenMade(taskId)
  })
}

/** Shows the machine as soon as it is there; it may still be starting. Throws what its making failed with. */
function showWhenMade(taskId: TaskId): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const { inventory, tasks } = store.getState()
      const task = tasks.byId.get(taskId)
      const id = task?.result.machineId ?? task?.machineId ?? null
      if (id !== null && inventory.machines.has(id)) {
        stop()
        wishToType(id)
        openMachine(id, 'console')
        resolve()
      } else if (task !== undefined && isOver(task) && task.state !== 'succeeded') {
        stop()
        reject(task.error === null ? failure('cancelled', { key: 'error.cancelled' }) : new Failure(task.error))
      }
    }
    const stop = store.subscribe(look)
    look()
  })
}
