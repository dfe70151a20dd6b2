import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'plist'
import { describe, expect, it } from 'vitest'
import { MiB } from '../../../app/domain/units.ts'
import { errorFrom, op } from '../../conformance/ground.ts'
import { qcow2Header } from '../../support/images.ts'
import { describeUtm } from './utm-world.ts'

/** What is copied, taken away and carried elsewhere, on the stand-in for UTM and real QEMU machines. */
describeUtm(
  'UTM, keeping and moving',
  ({ ground, make, facet, read, start, powerOff, note, noted, bundleOf, count }) => {
    it('clones what a snapshot kept', async () => {
      const id = await make('origin')
      await start(id)
      await note(id, 'then')
      await ground().provider.power.shutDown(id, op())
      const snapshotId = await facet('snapshots').take(id, { name: 'then', description: '', memory: false }, op())
      await start(id)
      await note(id, 'now')
      await ground().provider.power.shutDown(id, op())
      const copy = await facet('clone').clone(id, { name: `copy ${count()}`, mode: 'full', snapshotId }, op())
      await start(copy)
      expect(await noted(copy)).toBe('then')
      await powerOff(copy)
      expect(
        await errorFrom(facet('clone').clone(id, { name: 'x', mode: 'linked', snapshotId: null }, op())),
      ).toMatchObject({ code: 'unsupported' })
    })

    describe('removing', () => {
      it('never lets UTM delete the disks: they are in the trash before it is asked', async () => {
        const id = await make('removed')
        const bundle = bundleOf(id)
        const [disk = ''] = readdirSync(join(bundle, 'Data'))
        const trashId = await facet('remove').remove(id, { volumes: [] }, op())
        expect(existsSync(bundle)).toBe(false)
        const kept = join(ground().host.dataDir, 'trash', trashId ?? '')
        const [name = ''] = readdirSync(kept).filter((entry) => entry.endsWith('.utm'))
        expect(readdirSync(join(kept, name, 'Data'))).toContain(disk)
        expect(await facet('trash').recover(trashId ?? '', op())).toBe(id)
        expect(existsSync(join(bundleOf(id), 'Data', disk))).toBe(true)
        expect(existsSync(kept)).toBe(false)
      })

      it('keeps a suspended machine, whose memory would not come back, until that is woken or discarded', async () => {
        const id = await make('removed asleep')
        await start(id)
        await note(id, 'on the disk')
        await facet('suspend').suspend(id, op())
        expect((await read(id))?.withheld.remove).toEqual({ key: 'utm.why.removeSuspended' })
        const error = await errorFrom(facet('remove').remove(id, { volumes: [] }, op()))
        expect(error).toMatchObject({ code: 'wrong-state', message: { key: 'utm.why.removeSuspended' } })
        expect(await read(id)).toMatchObject({ state: 'suspended' })
        await facet('suspend').discard(id, op())
        const trashId = await facet('remove').remove(id, { volumes: [] }, op())
        expect(await facet('trash').recover(trashId ?? '', op())).toBe(id)
        expect(await read(id)).toMatchObject({ state: 'stopped' })
        await start(id)
        expect(await noted(id)).toBe('on the disk')
        await powerOff(id)
      })

      it('puts everything back when UTM refuses, and keeps it when UTM does not say', async () => {
        const id = await make('refused')
        const bundle = bundleOf(id)
        const remove = (): Promise<unknown> => facet('remove').remove(id, { volumes: [] }, op())
        // The tool answers everything but the removal.
        const plain = ground().host.findTool
        const refusing = join(ground().folder, 'refusing')
        const tool = (await plain('utmctl')) ?? ''
        const write = (line: string): Promise<void> =>
          writeFile(refusing, `#!/bin/sh\nif [ "$1" = delete ]; then ${line}; fi\nexec "${tool}" "$@"\n`, {
            mode: 0o755,
          })
        const host = {
          ...ground().host,
          findTool: async (name: string) => (name === 'utmctl' ? refusing : plain(name)),
        }
        const { createUtmProvider } = await import('../../../main/providers/utm/provider.ts')
        ground().provider = createUtmProvider(host, { home: join(ground().folder, 'home'), env: {} })

        await write(
          'echo "Error from event: The operation couldn’t be completed. (OSStatus error -2700.)" >&2; echo Locked. >&2; exit 0',
        )
        expect(await errorFrom(remove())).toMatchObject({ code: 'tool-failed' })
        expect(existsSync(join(bundle, 'Data'))).toBe(true)
        expect(await facet('trash').list(op())).toEqual([])
        await start(id)
        await powerOff(id)

        await write('echo "Error from event: (OSStatus error -1712.)" >&2; exit 0')
        expect(await errorFrom(remove())).toMatchObject({ code: 'timeout', message: { key: 'utm.error.removing' } })
        expect(await facet('trash').list(op())).toHaveLength(1)
        ground().again()
        await ground().provider.recover(op())
        expect(await facet('trash').list(op())).toHaveLength(1)
      })
    })

    describe('moving to another Mac', () => {
      it('exports a bundle whole and imports it under a name, with its snapshots', async () => {
        const id = await make('traveller')
        await facet('snapshots').take(id, { name: 'packed', description: '', memory: false }, op())
        const path = join(ground().folder, 'abroad/머신 "1".utm')
        await mkdir(join(ground().folder, 'abroad'))
        await facet('exporting').export(id, { path, format: 'utm' }, op())
        expect(readdirSync(join(ground().folder, 'abroad'))).toEqual(['머신 "1".utm'])
        expect(await errorFrom(facet('exporting').export(id, { path, format: 'utm' }, op()))).toMatchObject({
          code: 'already-exists',
        })

        expect(await facet('importing').inspect?.(path, op())).toMatchObject({ cpus: 1, memoryBytes: 32 * MiB })
        const came = await facet('importing').import('utm:local', { path, name: `arrived ${count()}` }, op())
        expect(came).not.toBe(id)
        expect(await read(came)).toMatchObject({ name: `arrived ${count()}`, state: 'stopped' })
        expect((await facet('snapshots').tree(came, op())).snapshots.map(({ name }) => name)).toEqual(['packed'])
        await start(came)
        await powerOff(came)
        expect(existsSync(path)).toBe(true)
      })

      it('hands a machine from before UTM 4 over to UTM, which converts its copy', async () => {
        const path = join(ground().folder, 'from before.utm')
        await mkdir(path)
        const config = {
          ConfigurationVersion: 2,
          Drives: [{ ImagePath: 'data.qcow2', ImageType: 'disk', InterfaceType: 'virtio' }],
          Info: { Icon: 'linux', IconCustom: false },
          Networking: { NetworkMode: 'emulated', NetworkCard: 'virtio-net-pci' },
          System: { Architecture: 'aarch64', CPUCount: 2, Memory: 1024, Target: 'virt' },
        }
        await writeFile(join(path, 'config.plist'), build(config))
        const before = readFileSync(join(path, 'config.plist'), 'utf8')
        expect(await facet('importing').inspect?.(path, op())).toMatchObject({
          name: 'from before',
          notes: [{ key: 'utm.import.old' }],
        })
        const id = await facet('importing').import('utm:local', { path, name: null }, op())
        expect(await read(id)).toMatchObject({ name: 'from before', state: 'stopped' })
        const named = await facet('importing').import('utm:local', { path, name: `after ${count()}` }, op())
        expect(await read(named)).toMatchObject({ name: `after ${count()}`, memoryBytes: 1024 * MiB })
        expect(readFileSync(join(path, 'config.plist'), 'utf8')).toBe(before)
      })

      it('refuses a bundle whose disk names a file of this computer, before UTM copies it', async () => {
        const path = join(ground().folder, 'hostile.utm')
        await facet('exporting').export(await make('to be changed'), { path, format: 'utm' }, op())
        const [disk = ''] = readdirSync(join(path, 'Data')).filter((name) => name.endsWith('.qcow2'))
        const secret = join(ground().folder, 'secret.txt')
        await writeFile(secret, 'TOP-SECRET'.repeat(1000))
        await writeFile(join(path, 'Data', disk), qcow2Header({ backing: secret, backingFormat: 'raw' }))
        const before = (await ground().provider.list('utm:local', op())).length
        expect(await errorFrom(facet('importing').import('utm:local', { path, name: null }, op()))).toMatchObject({
          message: { key: 'image.error.notAlone', params: { name: secret } },
          field: 'path',
        })
        expect(await ground().provider.list('utm:local', op())).toHaveLength(before)
      })

      it('refuses what is no machine of UTM', async () => {
        const folder = join(ground().folder, 'no.utm')
        await mkdir(folder)
        await writeFile(join(folder, 'config.plist'), 'words')
        expect(
          await errorFrom(facet('importing').import('utm:local', { path: folder, name: null }, op())),
        ).toMatchObject({ code: 'invalid-input', field: 'path' })
      })
    })
  },
)
