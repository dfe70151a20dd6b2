import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { VmSpec } from '../../../app/domain/spec.ts'
import { MiB } from '../../../app/domain/units.ts'
import { errorFrom, facet as facetOf, op, readNow } from '../../conformance/ground.ts'
import { missingVirtualBox } from '../../support/virtualbox-lab.ts'
import { type Acts, openActs } from './acts-ground.ts'

describe.skipIf(missingVirtualBox !== null)('making, keeping and moving VirtualBox machines', () => {
  let acts: Acts
  beforeAll(async () => {
    acts = await openActs('acts-keeping')
  })
  afterAll(async () => {
    expect(await acts.leave()).toEqual([])
  })

  const facet = <N extends Parameters<typeof facetOf>[1]>(name: N) =>
    facetOf({ provider: acts.provider() } as never, name)
  const names = async (): Promise<readonly string[]> =>
    (await acts.provider().list('virtualbox:local', op())).map(({ name }) => name)
  const folders = async (): Promise<readonly string[]> =>
    (await readdir(acts.lab.machineFolder).catch(() => [] as string[])).filter((name) => name !== '.berth-trash')
  const spec = (name: string, more: Partial<VmSpec> = {}): VmSpec => {
    const { osType: _guessed, ...rest } = acts.spec(name, {
      cpus: 2,
      memoryBytes: 64 * MiB,
      disk: { from: 'blank', sizeBytes: 64 * MiB },
      ...more,
    })
    return rest
  }

  it('makes a machine as it was asked for: disk, disc, ports, firmware, the system by its name', async () => {
    const iso = join(acts.host.dataDir, 'debian-12.5.0-amd64-netinst.iso')
    await mkdir(acts.host.dataDir, { recursive: true })
    await writeFile(iso, Buffer.alloc(64 * 1024))
    const forwards = [{ protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 42_022, guestPort: 22 }] as const
    const id = await facet('create').create(
      spec('web', { isoPath: iso, firmware: 'uefi', network: { mode: 'user', forwards: [...forwards] } }),
      op(),
    )
    expect(await readNow({ provider: acts.provider() } as never, id)).toMatchObject({
      name: 'web',
      state: 'stopped',
      os: 'Debian 12 (64-bit)',
      cpus: 2,
      memoryBytes: 64 * MiB,
      addresses: ['127.0.0.1:42022'],
    })
    const { values, fields } = await facet('configure').read(id, op())
    expect(values).toMatchObject({
      isoPath: iso,
      serialConsole: true,
      network: { mode: 'user', forwards: [...forwards] },
    })
    expect(fields).toContain('isoPath')
    await facet('configure').configure(
      id,
      { cpus: 1, memoryBytes: 96 * MiB, isoPath: null, network: { mode: 'user', forwards: [] }, serialConsole: false },
      op(),
    )
    expect((await facet('configure').read(id, op())).values).toEqual({
      cpus: 1,
      memoryBytes: 96 * MiB,
      isoPath: null,
      network: { mode: 'user', forwards: [] },
      graphics: values.graphics,
      serialConsole: false,
      ownWindow: false,
      liveScreen: false,
      ...(values.diskBytes === undefined ? {} : { diskBytes: values.diskBytes }),
    })
    const again = await errorFrom(facet('create').create(spec('web'), op()))
    expect(again).toMatchObject({ code: 'already-exists', field: 'name' })
    expect(await facet('create').preview(spec('it’s'), op())).toEqual(
      expect.arrayContaining([expect.stringContaining('createvm')]),
    )
  })

  it('leaves nothing of a machine that could not be made, and the person’s own disk untouched', async () => {
    const before = await folders()
    const bad = join(acts.host.dataDir, 'no-disk.vdi')
    await writeFile(bad, 'this is no disk')
    const image = { from: 'image', path: bad, format: 'vdi' } as const
    for (const use of ['copy', 'in-place'] as const) {
      const error = await errorFrom(facet('create').create(spec('broken', { disk: { ...image, use } }), op()))
      expect(error.code).toBe('invalid-input')
    }
    expect(await errorFrom(facet('create').create(spec('x'.repeat(246)), op()))).toMatchObject({ field: 'name' })
    expect(await folders()).toEqual(before)
    expect(await names()).not.toContain('broken')
    expect(existsSync(bad)).toBe(true)
  })

  it('takes back what a Berth that is gone was making', async () => {
    await acts.lab.manage('createvm', '--name', 'half', '--register')
    const folder = join(acts.lab.machineFolder, 'half')
    const making = join(acts.host.dataDir, 'making')
    await mkdir(making, { recursive: true })
    await writeFile(join(making, 'x.json'), JSON.stringify({ version: 1, uuid: null, folder }))
    expect(await names()).toContain('half')
    await acts.again()
    expect(await names()).not.toContain('half')
    expect(existsSync(folder)).toBe(false)
    expect(await readdir(making)).toEqual([])
  })

  it('brings a machine back from the trash with snapshots and disk, also beside a new one of its name', async () => {
    const id = await acts.make('old "one"')
    await acts.provider().power.start(id, op())
    await acts.write(id, 'kept')
    await acts.provider().power.powerOff(id, op())
    await facet('snapshots').take(id, { name: 'one', description: '', memory: false }, op())
    const plan = await facet('remove').plan(id, op())
    expect(plan).toMatchObject({ way: 'trash', snapshotCount: 1, stays: [], blockedBy: [] })
    expect(plan.sizeBytes).toBeGreaterThan(1_000)
    const trashId = await facet('remove').remove(id, { volumes: [] }, op())
    expect(await names()).not.toContain('old "one"')
    const other = await acts.make('old "one"')
    expect(await facet('trash').list(op())).toMatchObject([{ id: trashId, name: 'old "one"', snapshotCount: 1 }])

    expect(await facet('trash').recover(trashId ?? '', op())).toBe(id)
    expect((await facet('snapshots').tree(id, op())).snapshots.map(({ name }) => name)).toEqual(['one'])
    await acts.provider().power.start(id, op())
    expect(await acts.read(id)).toBe('kept')
    await acts.provider().power.powerOff(id, op())

    await facet('trash').purge((await facet('remove').remove(id, { volumes: [] }, op())) ?? '', op())
    expect(await facet('trash').list(op())).toEqual([])
    expect((await readNow({ provider: acts.provider() } as never, other)).name).toBe('old "one"')
    expect(existsSync(join(acts.lab.machineFolder, '.berth-trash', acts.uuidOf(id)))).toBe(false)
  })

  it('keeps a parent while its linked clones need it, and brings a clone back with the disks it borrows', async () => {
    const parent = await acts.make('parent')
    const snapshotId = await facet('snapshots').take(parent, { name: 'base', description: '', memory: false }, op())
    const clone = await facet('clone').clone(parent, { name: 'linked', mode: 'linked', snapshotId }, op())
    expect((await facet('remove').plan(parent, op())).blockedBy).toEqual(['linked'])
    expect((await errorFrom(facet('remove').remove(parent, { volumes: [] }, op()))).code).toBe('in-use')
    const trashId = (await facet('remove').remove(clone, { volumes: [] }, op())) ?? ''
    expect((await facet('remove').plan(parent, op())).blockedBy).toEqual(['linked'])
    await facet('rename').rename(parent, 'parent renamed', op())
    expect(await facet('trash').recover(trashId, op())).toBe(clone)
    await acts.provider().power.start(clone, op())
    expect((await readNow({ provider: acts.provider() } as never, clone)).state).toBe('running')
    await acts.provider().power.powerOff(clone, op())
    const present = await facet('clone').clone(
      parent,
      { name: 'of the present', mode: 'linked', snapshotId: null },
      op(),
    )
    expect((await readNow({ provider: acts.provider() } as never, present)).state).toBe('stopped')
    expect((await facet('snapshots').tree(parent, op())).snapshots).toHaveLength(2)
  })

  it('refuses a name that would lead out of its folder or that VirtualBox cannot hold, before anything happens', async () => {
    const id = await acts.make('plain')
    for (const name of [
      '../../outside',
      'a/b',
      '..',
      'x'.repeat(246),
      'bell\u0007',
      '7be7ce35-d72b-4e44-a657-9b964d3fd0ef',
    ]) {
      const error = await errorFrom(facet('rename').rename(id, name, op()))
      expect(error).toMatchObject({ code: 'invalid-input', field: 'name' })
    }
    for (const name of ['--help', 'first\nsecond', '서명 "실습" {uuid}', 'plain']) {
      await facet('rename').rename(id, name, op())
      expect((await readNow({ provider: acts.provider() } as never, id)).name).toBe(name)
    }
  })

  it('writes a machine to a file and makes another from it', async () => {
    const id = await acts.make('moved')
    await acts.provider().power.start(id, op())
    await acts.write(id, 'in the file')
    await acts.provider().power.powerOff(id, op())
    const folder = join(acts.host.dataDir, 'files')
    await mkdir(folder, { recursive: true })
    const path = join(folder, '-moved "1".ova')
    const exporting = op()
    await facet('exporting').export(id, { path, format: 'ovf20' }, exporting)
    expect(exporting.steps.length).toBeGreaterThan(0)
    expect(await readdir(folder)).toEqual(['-moved "1".ova'])
    const taken = await errorFrom(facet('exporting').export(id, { path, format: 'ovf10' }, op()))
    expect(taken).toMatchObject({ code: 'already-exists', field: 'path' })
    expect(await readdir(folder)).toEqual(['-moved "1".ova'])

    const summary = await facet('importing').inspect?.(path, op())
    expect(summary).toMatchObject({ cpus: 1, memoryBytes: 16 * MiB, diskBytes: expect.any(Number) })
    const made: MachineId = await facet('importing').import('virtualbox:local', { path, name: '서명 {x}' }, op())
    expect(await readNow({ provider: acts.provider() } as never, made)).toMatchObject({
      name: '서명 {x}',
      state: 'stopped',
    })
    await acts.provider().power.start(made, op())
    expect((await readNow({ provider: acts.provider() } as never, made)).state).toBe('running')
    await acts.provider().power.powerOff(made, op())

    const before = await folders()
    await writeFile(join(folder, 'bad.ova'), 'no archive')
    const bad = facet('importing').import('virtualbox:local', { path: join(folder, 'bad.ova'), name: 'bad' }, op())
    expect((await errorFrom(bad)).code).not.toBe('bug')
    expect(await folders()).toEqual(before)
  })

  it('ends an export, an import and a clone that are called off, and leaves nothing of them', async () => {
    const image = join(acts.host.dataDir, 'large.img')
    await writeFile(image, Buffer.concat([randomBytes(24 * MiB), Buffer.alloc(8 * MiB)]))
    const disk = { from: 'image', path: image, format: 'raw', use: 'copy' } as const
    const id = await facet('create').create(spec('large', { disk, cpus: 1 }), op())
    const folder = join(acts.host.dataDir, 'cut')
    await mkdir(folder, { recursive: true })
    const path = join(folder, 'large.ova')
    await facet('exporting').export(id, { path, format: 'ovf20' }, op())
    const before = { folders: await folders(), names: await names() }
    const cut = async (work: (watched: ReturnType<typeof op>) => Promise<unknown>): Promise<void> => {
      const controller = new AbortController()
      const watched = op(controller.signal)
      const error = errorFrom(work(watched).then(() => Promise.reject(new Error('was not cut'))))
      await watched.begun
      controller.abort()
      expect((await error).code).toBe('cancelled')
    }
    await cut((watched) => facet('exporting').export(id, { path: join(folder, 'no.ova'), format: 'ovf20' }, watched))
    await cut((watched) => facet('importing').import('virtualbox:local', { path, name: 'cut import' }, watched))
    await cut((watched) => facet('clone').clone(id, { name: 'cut clone', mode: 'full', snapshotId: null }, watched))
    expect(await readdir(folder)).toEqual(['large.ova'])
    expect({ folders: await folders(), names: await names() }).toEqual(before)
    expect((await readNow({ provider: acts.provider() } as never, id)).state).toBe('stopped')
  })
})
