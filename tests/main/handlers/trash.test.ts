import { describe, expect, test } from 'vitest'
import { type Failure, failure } from '../../../app/domain/errors.ts'
import type { TrashItem } from '../../../app/domain/trash.ts'
import type { Core } from '../../../main/core.ts'
import { makingHandlers } from '../../../main/handlers/create.ts'
import type { Op } from '../../../main/providers/provider.ts'

const op = { signal: new AbortController().signal, progress: () => {} } as unknown as Op

/** Purges all of a trash whose items fail with these problems until the items they name are purged. */
async function emptyTrash(names: readonly string[], problems: Readonly<Record<string, 'broken' | { usedBy: string }>>) {
  const purged: string[] = []
  let ended: Promise<unknown> = Promise.resolve()
  const items = names.map((name) => ({ id: name, name, machineId: `tool:${name}`, endpointId: 'tool:local' }))
  const core = {
    trash: { list: async () => items as unknown as readonly TrashItem[] },
    inventory: {
      providerOf: () => ({ label: 'Tool', trash: { purge: async (id: string) => void purged.push(id) } }),
    },
    fileGuard: {
      async checkPurge(machineId: string) {
        const problem = problems[machineId.slice('tool:'.length)]
        if (problem === undefined) return
        if (problem === 'broken') throw failure('tool-failed', { key: 'error.bug' })
        if (!purged.includes(problem.usedBy)) throw failure('in-use', { key: 'files.inUse' })
      },
    },
    snapshotPictures: { forgetMachine: async () => {} },
    tasks: {
      start: ({ run }: { run: (op: Op, made: () => void) => Promise<unknown> }) => {
        ended = run(op, () => {})
        ended.catch(() => {})
        return 'task'
      },
    },
  } as unknown as Core
  await makingHandlers(core)['trash.purge']({ trashIds: [...names] })
  const error = await ended.then(
    () => null,
    (thrown: Failure) => thrown.error.code,
  )
  return { purged, error }
}

describe('emptying the trash', () => {
  test('purges the other items when one fails, and fails with that one’s error', async () => {
    expect(await emptyTrash(['one', 'two', 'three'], { one: 'broken' })).toEqual({
      purged: ['two', 'three'],
      error: 'tool-failed',
    })
  })

  test('purges an item after the item that uses its files', async () => {
    const result = await emptyTrash(['original', 'clone'], { original: { usedBy: 'clone' } })
    expect(result).toEqual({ purged: ['clone', 'original'], error: null })
  })

  test('keeps an item that a machine outside the trash uses, and says so', async () => {
    const result = await emptyTrash(['used', 'free'], { used: { usedBy: 'somebody' } })
    expect(result).toEqual({ purged: ['free'], error: 'in-use' })
  })
})
