import { describe, expect, it } from 'vitest'
import { errorFrom, facet, type Ground, make, op, readNow, type Setup, steady } from './ground.ts'
import { hostileNames } from './hostile-names.ts'

/** Names, clones, removal and the trash. */
export function describeKeeping(ground: () => Ground, { facets }: Setup): void {
  describe('keeping', () => {
    if (facets.includes('rename')) {
      it.for(hostileNames.map((name) => [name.slice(0, 30), name] as const))(
        'holds the name %j exactly, or refuses it and keeps the old one',
        async ([, name]) => {
          const rename = facet(ground(), 'rename')
          const id = await make(ground(), 'plain')
          const before = (await readNow(ground(), id)).name
          const error = await rename.rename(id, name, op()).then(
            () => null,
            (thrown) => thrown.error,
          )
          const after = (await readNow(ground(), id)).name
          if (error === null) expect(after).toBe(name)
          else {
            expect(error).toMatchObject({ code: 'invalid-input', field: 'name' })
            expect(after).toBe(before)
          }
          await ground().provider.power.start(id, op())
          expect((await steady(ground(), id)).state).toBe('running')
        },
      )
    }

    if (facets.includes('clone')) {
      it('clones the present state into a machine of its own', async () => {
        const { power } = ground().provider
        const clone = facet(ground(), 'clone')
        const id = await make(ground(), 'original')
        await power.start(id, op())
        await ground().write(id, 'shared past')
        await power.shutDown(id, op())
        const copy = await clone.clone(id, { name: 'copy', mode: 'full', snapshotId: null }, op())
        expect(copy).not.toBe(id)
        expect(await readNow(ground(), copy)).toMatchObject({ name: 'copy', state: 'stopped' })
        await power.start(copy, op())
        expect(await ground().read(copy)).toBe('shared past')
        await ground().write(copy, 'own future')
        await power.powerOff(copy, op())
        await power.start(id, op())
        expect(await ground().read(id)).toBe('shared past')
      })

      it('refuses a linked clone with the reason it gives for never making one, where it gives one', async () => {
        const { linkedCloneUnsupported, clone } = facet(ground(), 'clone')
        if (linkedCloneUnsupported === undefined) return
        const id = await make(ground(), 'unlinked')
        const error = await errorFrom(clone(id, { name: 'link', mode: 'linked', snapshotId: null }, op()))
        expect(error).toMatchObject({ code: 'unsupported', message: linkedCloneUnsupported })
      })
    }

    if (facets.includes('remove')) {
      it('plans a removal, removes, and brings back from the trash what goes there', async () => {
        const { trash, power } = ground().provider
        const remove = facet(ground(), 'remove')
        const id = await make(ground(), 'removed')
        await power.start(id, op())
        await ground().write(id, 'kept in the trash')
        await power.shutDown(id, op())
        const plan = await remove.plan(id, op())
        expect(plan).toMatchObject({ machineId: id, blockedBy: [], way: trash === undefined ? 'gone' : 'trash' })
        const trashId = await remove.remove(id, { volumes: [] }, op())
        expect(await ground().provider.read(id, op())).toBeNull()
        expect((await errorFrom(remove.remove(id, { volumes: [] }, op()))).code).toBe('not-found')
        if (trash === undefined) return expect(trashId).toBeNull()

        expect((await trash.list(op())).map((one) => one.id)).toContain(trashId)
        const back = await trash.recover(trashId ?? '', op())
        expect(await readNow(ground(), back)).toMatchObject({ name: expect.stringContaining('removed') })
        expect((await trash.list(op())).map((one) => one.id)).not.toContain(trashId)
        await power.start(back, op())
        expect(await ground().read(back)).toBe('kept in the trash')
        await power.powerOff(back, op())

        const again = (await remove.remove(back, { volumes: [] }, op())) ?? ''
        await trash.purge(again, op())
        expect((await trash.list(op())).map((one) => one.id)).not.toContain(again)
        expect((await errorFrom(trash.recover(again, op()))).code).toBe('not-found')
      })
    }

    if (facets.includes('configure')) {
      it('shows and changes the settings it says can be changed', async () => {
        const configure = facet(ground(), 'configure')
        const id = await make(ground(), 'configured')
        const before = await configure.read(id, op())
        expect(before.fields.length).toBeGreaterThan(0)
        for (const field of before.whileStopped) expect(before.fields).toContain(field)
        if (before.fields.includes('cpus')) {
          const cpus = (before.values.cpus ?? 1) === 1 ? 2 : 1
          await configure.configure(id, { cpus }, op())
          expect((await configure.read(id, op())).values.cpus).toBe(cpus)
        }
        if (before.fields.includes('restart')) {
          await configure.configure(id, { restart: 'on-failure' }, op())
          expect((await configure.read(id, op())).values.restart).toBe('on-failure')
        }
      })
    }
  })
}
