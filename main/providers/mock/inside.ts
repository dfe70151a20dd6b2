import { readFile, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, posix } from 'node:path'
import { failure } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import { putUnder } from '../common/files.ts'
import type { CommandOps, FileOps } from '../provider.ts'
import { type ProviderContext, recordCommand } from './provider-context.ts'

const workMs = 600

/** Pretended guests' files, in memory, and the two programs that they know: `echo` and `ls`. */
export function createInside(context: ProviderContext): { readonly files: FileOps; readonly commands: CommandOps } {
  const disks = new Map<MachineId, Map<string, Buffer>>()
  const diskOf = (id: MachineId): Map<string, Buffer> => {
    const disk =
      disks.get(id) ?? new Map<string, Buffer>([['/etc/hostname', Buffer.from(`${context.of(id).machine.name}\n`)]])
    disks.set(id, disk)
    return disk
  }
  const folders: readonly string[] = ['/', '/etc', '/tmp', '/home']
  return {
    files: {
      folders: false,
      async send(id, { path, folder }, op) {
        if (!(await stat(path)).isFile()) {
          throw failure('invalid-input', { key: 'utm.error.onlyFiles' }, { field: 'path' })
        }
        await context.wait(workMs, op)
        const name = basename(path)
        const inside = posix.join(folder, name)
        if (!folders.includes(posix.join(folder))) throw failure('not-found', { key: 'utm.error.noPath' })
        if (diskOf(id).has(inside)) {
          throw failure('already-exists', { key: 'files.takenInside', params: { name } }, { field: 'folder' })
        }
        diskOf(id).set(inside, await readFile(path))
        recordCommand(context, op, `pretend push ${inside}`, null, 0)
      },
      async fetch(id, { inside, path }, op) {
        await context.wait(workMs, op)
        const bytes = diskOf(id).get(inside)
        if (bytes === undefined) throw failure('not-found', { key: 'utm.error.noPath' })
        const draft = posix.join(dirname(path), `.berth-${context.nextId('draft-')}`)
        await writeFile(draft, bytes)
        await putUnder(draft, path)
        recordCommand(context, op, `pretend pull ${inside}`, null, 0)
      },
    },
    commands: {
      async run(id, [program = '', ...args], op) {
        await context.wait(workMs, op)
        if (program !== 'echo' && program !== 'ls') {
          throw failure('not-found', { key: 'utm.error.noProgram' }, { hint: { key: 'utm.error.noProgram.hint' } })
        }
        const said = program === 'echo' ? args.join(' ') : [...diskOf(id).keys()].join('\n')
        recordCommand(context, op, `pretend run ${[program, ...args].join(' ')}`, said, 0)
        return 0
      },
    },
  }
}
