import { realpath } from 'node:fs/promises'
import { failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { checkDisc } from '../../images/check.ts'
import { isFile } from '../common/files.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { LocateOps, Op } from '../provider.ts'
import { lostDisc } from './machine.ts'
import type { World } from './world.ts'

/** A disc lies where the person put it. The disk is in the machine's folder, and nowhere else. */
export function createLocate({ fleet }: World): LocateOps {
  const located = async (id: MachineId, path: string, op: Op) => {
    const { entry, definition } = await fleet.get(id)
    if (entry.live !== null || lostDisc(entry) === null) {
      throw failure('wrong-state', { key: 'why.nothingLost', params: { name: definition.name } })
    }
    if (!(await isFile(path))) throw failure('invalid-input', { key: 'locate.error.noFile' }, { field: 'path' })
    const real = await realpath(path)
    await checkDisc(real, 'path')
    throwIfCancelled(op)
    return { entry, definition: { ...definition, discPath: real } }
  }
  return {
    async check(id, path, op) {
      await located(id, path, op)
    },
    async locate(id, path, op) {
      const { entry, definition } = await located(id, path, op)
      await fleet.save(entry, definition)
    },
  }
}
