import { cp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorFrom, facet as facetOf, op } from '../../conformance/ground.ts'
import { makeDeletable, makeUndeletable, noUndeletable } from '../../support/undeletable.ts'
import { missingVirtualBox } from '../../support/virtualbox-lab.ts'
import { type Acts, openActs } from './acts-ground.ts'

describe.skipIf(missingVirtualBox !== null)('what other hands left half of', () => {
  let acts: Acts
  beforeAll(async () => {
    acts = await openActs('acts-mending')
  })
  afterAll(async () => {
    expect(await acts.leave()).toEqual([])
  })

  const facet = <N extends Parameters<typeof facetOf>[1]>(name: N) =>
    facetOf({ provider: acts.provider() } as never, name)
  const row = (id: Parameters<Acts['uuidOf']>[0]) => acts.provider().read(id, op())

  it('clones a snapshot that holds memory, and starts a machine whose saved memory is gone once that is discarded', async () => {
    const id = await acts.make('saved')
    const { power } = acts.provider()
    await power.start(id, op())
    await acts.write(id, 'before')
    const taken = await facet('snapshots').take(id, { name: 'live', description: '', memory: true }, op())
    await facet('suspend').suspend(id, op())

    const clone = await facet('clone').clone(id, { name: 'from live', mode: 'full', snapshotId: taken }, op())
    expect(await row(clone)).toMatchObject({ state: 'stopped', name: 'from live' })

    const states = join(acts.lab.machineFolder, 'saved', 'Snapshots')
    const { stateFile } = await saved(states)
    await rm(stateFile)
    expect(await row(id)).toMatchObject({
      state: 'suspended',
      needsHelp: true,
      remark: { key: 'virtualbox.remark.stateGone' },
      lostFile: null,
    })
    expect(await errorFrom(power.start(id, op()))).toMatchObject({
      code: 'not-found',
      message: { key: 'virtualbox.error.stateGone', params: { path: stateFile } },
    })
    await facet('suspend').discard(id, op())
    expect(await row(id)).toMatchObject({ state: 'stopped', needsHelp: false, remark: null })
    await power.start(id, op())
    expect(await acts.read(id)).toBe('before')
    await power.powerOff(id, op())

    /** The memory that was written last: the snapshot's own is older. */
    async function saved(folder: string): Promise<{ readonly stateFile: string }> {
      const info = await acts.lab.manage('showvminfo', acts.uuidOf(id), '--machinereadable')
      const names = (await readdir(folder)).filter((name) => name.endsWith('.sav')).sort()
      const named = /^VMStateFile="(.*)"$/m.exec(info)?.[1]
      return { stateFile: named ?? join(folder, names.at(-1) ?? '') }
    }
  })

  it('starts a machine whose serial line has lost its folder, as by a power cut', async () => {
    const id = await acts.make('line')
    await rm(join(acts.host.dataDir, 'serial'), { recursive: true })
    const { power } = acts.provider()
    await power.start(id, op())
    expect(await row(id)).toMatchObject({ state: 'running' })
    await power.powerOff(id, op())
  })

  it('takes a machine out of VirtualBox that VirtualBox has again after it was removed', async () => {
    const id = await acts.make('stray')
    const uuid = acts.uuidOf(id)
    const folder = join(acts.lab.machineFolder, 'stray')
    const copy = join(acts.lab.folder, 'stray-copy')
    await cp(folder, copy, { recursive: true })
    const trashId = (await facet('remove').remove(id, { volumes: [] }, op())) ?? ''
    // As a server leaves it that was killed before it wrote down that the machine is gone.
    await cp(copy, folder, { recursive: true })
    await acts.lab.insist('registervm', join(folder, 'stray.vbox'))
    await rm(folder, { recursive: true })
    expect(await acts.lab.manage('list', 'vms')).toContain(uuid)

    await facet('trash').purge(trashId, op())
    expect(await acts.lab.manage('list', 'vms')).not.toContain(uuid)
    expect(await row(id)).toBeNull()
    expect(await facet('trash').list(op())).toEqual([])
  })

  it.skipIf(noUndeletable !== null)('shows a machine whose permanent deletion failed twice, with why', async () => {
    const id = await acts.make('stuck')
    const trashId = (await facet('remove').remove(id, { volumes: [] }, op())) ?? ''
    const aside = join(acts.lab.machineFolder, '.berth-trash', acts.uuidOf(id), 'stuck')
    makeUndeletable(join(aside, 'file'))
    try {
      expect((await errorFrom(facet('trash').purge(trashId, op()))).code).not.toBe('not-found')
      const partly = { id: trashId, name: 'stuck', purgeError: { code: 'permission' } }
      expect(await facet('trash').list(op())).toMatchObject([partly])
      expect((await errorFrom(facet('trash').recover(trashId, op()))).message.key).toBe('trash.error.partlyDeleted')
      await errorFrom(facet('trash').purge(trashId, op()))
      expect(await facet('trash').list(op())).toMatchObject([partly])
    } finally {
      makeDeletable(acts.lab.machineFolder)
    }
    await facet('trash').purge(trashId, op())
    expect(await facet('trash').list(op())).toEqual([])
  })
})
