import { basename, extname } from 'node:path'
import { type Failure, failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { LocateOps } from '../provider.ts'
import { throwIfCancelled, type World } from './world.ts'

/** A disk on a drive that is not connected: a file of the same kind is taken for it. */
export function createLocate(world: World): LocateOps {
  const check = (id: MachineId, path: string): void => {
    const { machine } = world.of(id)
    if (machine.lostFile === null) {
      throw failure('wrong-state', { key: 'why.nothingLost', params: { name: machine.name } })
    }
    if (extname(path) !== extname(machine.lostFile.path)) throw otherDisk(path)
  }
  return {
    async check(id, path, op) {
      throwIfCancelled(op)
      check(id, path)
    },
    async locate(id, path, op) {
      await world.wait(200, op)
      check(id, path)
      const { machine, quirks } = world.of(id)
      world.change(id, {
        machine: { ...machine, lostFile: null, needsHelp: false },
        quirks: quirks.filter((quirk) => quirk !== 'drive-gone'),
      })
    },
  }
}

function otherDisk(path: string): Failure {
  const params = { file: basename(path), format: 'qcow2' }
  return failure('invalid-input', { key: 'locate.error.format', params }, { field: 'path' })
}
