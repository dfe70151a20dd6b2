import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { basename, dirname, join, posix, win32 } from 'node:path'
import { errorOf, failure } from '../../../app/domain/errors.ts'
import { MiB } from '../../../app/domain/units.ts'
import { putUnder, remove } from '../common/files.ts'
import { sayHowMuch, whileGrowing } from '../common/growing.ts'
import { throwIfCancelled } from '../common/op.ts'
import type { FileOps, Op } from '../provider.ts'
import { utmctlArguments } from './commands.ts'
import type { ProviderContext } from './provider-context.ts'

/** A day: an agent takes 4 KiB at a time. */
const copyMs = 24 * 60 * 60_000
const lookMs = 60_000
/** A smaller file is read to its end, so that the agent closes it; what comes after this is not waited for. */
const enoughBytes = MiB

/** Single files, through the guest agent. */
export function createFiles({ machineRegistry, tool }: ProviderContext): FileOps {
  const isThere = async (uuid: string, path: string, op: Op): Promise<boolean> => {
    try {
      // Looking leaves no line among the commands: that nothing was there would read as a failure.
      const looking = { ...op, record: () => {} }
      await tool.carry(
        { args: utmctlArguments.pull(uuid, path), timeoutMs: lookMs, maxOutputBytes: enoughBytes },
        looking,
      )
      return true
    } catch (thrown) {
      throwIfCancelled(op)
      if (errorOf(thrown).message.key === 'utm.error.noPath') return false
      throw thrown
    }
  }

  return {
    folders: false,
    async send(id, { path, folder }, op) {
      const { uuid } = await machineRegistry.get(id, op)
      if (!(await stat(path)).isFile())
        throw failure('invalid-input', { key: 'utm.error.onlyFiles' }, { field: 'path' })
      const name = basename(path)
      const inside = insideOf(folder, name)
      if (await isThere(uuid, inside, op)) {
        throw failure('already-exists', { key: 'files.takenInside', params: { name } }, { field: 'folder' })
      }
      await sayHowMuch(path, op)
      await tool.carry({ args: utmctlArguments.push(uuid, inside), timeoutMs: copyMs, inputPath: path }, op)
    },
    async fetch(id, { inside, path }, op) {
      const { uuid } = await machineRegistry.get(id, op)
      const draft = join(dirname(path), `.berth-${randomBytes(6).toString('hex')}`)
      try {
        const command = { args: utmctlArguments.pull(uuid, inside), timeoutMs: copyMs, outputPath: draft }
        await whileGrowing(draft, op, () => tool.carry(command, op))
        throwIfCancelled(op)
        await putUnder(draft, path)
      } finally {
        await remove(draft)
      }
    },
  }
}

/** A file's path in a folder of the guest, in the way its system writes them. */
function insideOf(folder: string, name: string): string {
  return (/^[A-Za-z]:/.test(folder) ? win32 : posix).join(folder, name)
}
