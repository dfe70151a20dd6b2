import { basename, extname } from 'node:path'
import { type Failure, failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { LocateOps } from '../provider.ts'
import { type ProviderContext, throwIfCancelled } from './provider-context.ts'

/** A disk on a drive that is not connected: a file of the same kind is taken for it. */
export function createLocate(context: ProviderContext): LocateOps {
  const check = (id: MachineId, path: string): void => {
    const { machine } = context.of(id)
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
      await context.wait(200, op)
      check(id, path)
      const { machine, quirks } = context.of(id)
      context.change(id, {
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
