import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ProviderChange, TrashOps } from '../../../../main/providers/provider.ts'
import { errorFrom, op } from '../../../conformance/ground.ts'
import { type BuiltinGround, builtinGround } from '../../../support/builtin-ground.ts'
import { makeDeletable, makeUndeletable, noUndeletable } from '../../../support/undeletable.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

describe.skipIf(noUndeletable !== null)('a permanent deletion that fails', () => {
  let ground: BuiltinGround
  beforeEach(async () => {
    ground = await builtinGround()
  })
  afterEach(async () => {
    makeDeletable(ground.host.dataDir)
    expect(await ground.leave()).toEqual([])
  })
  const trash = (): TrashOps => {
    const { trash: found } = ground.provider
    if (found === undefined) throw new Error('no trash')
    return found
  }
  const removed = async (name: string): Promise<string> => {
    const id = await ground.make(name)
    const trashId = await ground.provider.remove?.remove(id, { volumes: [] }, op())
    return trashId ?? ''
  }
  const inTrash = (...path: readonly string[]): string => join(ground.host.dataDir, 'trash', ...path)

  it('leaves the item in the list with its name and why, not to be recovered, and is done when it is done again', async () => {
    const trashId = await removed('stuck')
    await mkdir(inTrash(trashId, 'deep'))
    makeUndeletable(inTrash(trashId, 'deep', 'file'))
    const changes: ProviderChange[] = []
    ground.provider.watch((change) => changes.push(change))
    await errorFrom(trash().purge(trashId, op()))
    expect(changes.filter(({ kind }) => kind === 'trash')).toHaveLength(2)
    const partly = { id: trashId, name: 'stuck', purgeError: { code: 'permission' } }
    expect(await trash().list(op())).toMatchObject([partly])
    await errorFrom(trash().purge(trashId, op()))
    expect(await trash().list(op())).toMatchObject([partly])
    expect((await errorFrom(trash().recover(trashId, op()))).message.key).toBe('trash.error.partlyDeleted')

    await ground.again()
    expect(await trash().list(op())).toMatchObject([partly])
    makeDeletable(ground.host.dataDir)
    await trash().purge(trashId, op())
    expect(await trash().list(op())).toEqual([])
    expect(existsSync(inTrash(`purging-${trashId}`))).toBe(false)
  })

  it('keeps nothing else from being recovered by the next start', async () => {
    const trashId = await removed('stuck')
    const id = await ground.make('beside')
    makeUndeletable(inTrash(trashId, 'file'))
    await errorFrom(trash().purge(trashId, op()))
    await ground.again(async () => {
      // What a killed Berth leaves of a machine in the middle of a suspend.
      await writeFile(join(ground.folderOf(id), 'memory.bin'), 'half')
    })
    expect(existsSync(join(ground.folderOf(id), 'memory.bin'))).toBe(false)
    expect(await trash().list(op())).toHaveLength(1)
  })
})
