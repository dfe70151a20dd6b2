import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { errorOf } from '../../../app/domain/errors.ts'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { CreateSpec } from '../../../app/domain/spec.ts'
import type { Core } from '../../../main/core.ts'
import { makingHandlers } from '../../../main/handlers/create.ts'
import type { MachineFiles, Op, Provider } from '../../../main/providers/provider.ts'
import { createFileGuard } from '../../../main/services/file-guard.ts'
import { createFilesInUse } from '../../../main/services/files-in-use.ts'
import { silent } from '../services/small-provider.ts'

let folder: string
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'berth-create-')))
})
afterEach(() => rm(folder, { recursive: true }))

it('makes one of two machines that are asked for at once on the same disk in place', async () => {
  const made: MachineFiles[] = []
  const provider = {
    id: 'other',
    label: 'Other',
    usedFiles: async () => [...made],
    create: {
      async create({ name, disk }: Extract<CreateSpec, { kind: 'vm' }>): Promise<MachineId> {
        await turn()
        const machineId: MachineId = `other:${name}`
        const path = disk.from === 'image' ? disk.path : ''
        const files = [{ path, access: 'write', format: 'raw' }] as const
        made.push({ machineId, name, isInTrash: false, folder: null, files, isComplete: true })
        return machineId
      },
    },
  } as unknown as Provider
  const files = createFilesInUse([provider], silent)
  const ended: Promise<unknown>[] = []
  const core = {
    fileGuard: createFileGuard(files, () => null),
    // A machine is listed when it is read: only then is the provider asked for its files again.
    trash: {},
    inventory: { providerOf: () => provider, read: async () => files.changed('other') },
    tasks: {
      start({ run }: { run: (op: Op, made: () => void) => Promise<unknown> }) {
        ended.push(run({} as Op, () => {}))
        return 'task'
      },
    },
  } as unknown as Core

  const path = join(folder, 'disk.img')
  await writeFile(path, 'x')
  const spec = (name: string) =>
    ({ kind: 'vm', name, isoPath: null, disk: { from: 'image', path, format: 'raw', use: 'in-place' } }) as CreateSpec
  const handlers = makingHandlers(core)
  const run = (name: string) => handlers['create.run']({ spec: spec(name) } as never)
  await Promise.all([run('first'), run('second')])
  const results = await Promise.allSettled(ended)
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  const refused = results.find((one) => one.status === 'rejected')
  expect(errorOf(refused?.reason)).toMatchObject({ code: 'in-use', message: { key: 'files.inUse' } })
  expect(made).toHaveLength(1)
})
