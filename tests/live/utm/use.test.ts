import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MiB } from '../../../app/domain/units.ts'
import { errorFrom, op } from '../../conformance/ground.ts'
import { specOf } from '../../conformance/utm-spec.ts'
import { freePort } from '../../support/free-port.ts'
import { describeUtm } from './utm-world.ts'

/**
 * What machines of UTM do beyond what every provider does, on the stand-in for UTM and real QEMU machines. The real UTM is
 * on macOS only.
 */
describeUtm('UTM', ({ ground, make, facet, uuidOf, read, start, powerOff, note, noted, bundleOf, disksOf, tagsOf }) => {
  describe('a UTM without snapshots of its own', () => {
    it('takes and restores those of a machine that is off, and says so of one that runs', async () => {
      const id = await make('offline')
      await start(id)
      await note(id, 'before')
      expect((await read(id))?.withheld.snapshot).toEqual({ key: 'utm.why.snapshotRunning' })
      const running = await errorFrom(facet('snapshots').take(id, { name: 'x', description: '', memory: true }, op()))
      expect(running).toMatchObject({ code: 'unsupported', message: { key: 'utm.why.snapshotRunning' } })
      await ground().provider.power.shutDown(id, op())

      const kept = await facet('snapshots').take(
        id,
        { name: '처음 "1"', description: 'two\nlines', memory: false },
        op(),
      )
      await start(id)
      await note(id, 'after')
      await ground().provider.power.shutDown(id, op())
      await facet('snapshots').restore(id, kept, op())
      const { restores, currentId, snapshots } = await facet('snapshots').tree(id, op())
      expect(currentId).toBe(kept)
      expect(snapshots.find((one) => one.id === kept)).toMatchObject({
        name: '처음 "1"',
        description: 'two\nlines',
        hasMemory: false,
      })
      await start(id)
      expect(await noted(id)).toBe('before')
      await powerOff(id)
      await facet('snapshots').undo(id, restores[0]?.id ?? '', op())
      await start(id)
      expect(await noted(id)).toBe('after')
      await powerOff(id)
    })

    it('shows a tag that somebody else made, and takes it for a snapshot like any other', async () => {
      const id = await make('foreign')
      for (const disk of disksOf(id)) execFileSync('qemu-img', ['snapshot', '-c', 'by hand', disk])
      const [snapshot] = (await facet('snapshots').tree(id, op())).snapshots
      expect(snapshot).toMatchObject({ name: 'by hand', parentId: null, hasMemory: false })
      await facet('snapshots').edit(id, 'by hand', { name: 'named', description: '' }, op())
      expect((await facet('snapshots').tree(id, op())).snapshots).toMatchObject([{ id: 'by hand', name: 'named' }])
      await facet('snapshots').delete(id, 'by hand', op())
      expect(disksOf(id).map(tagsOf)).toEqual([[]])
    })

    it('keeps all disks or none, and the variables of the firmware with them', async () => {
      const id = await make('two disks', { firmware: 'uefi' })
      const bundle = bundleOf(id)
      const second = join(bundle, 'Data/second.qcow2')
      execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', second, '4M'])
      const config = join(bundle, 'config.plist')
      const xml = await readFile(config, 'utf8')
      const drive =
        '<dict><key>Identifier</key><string>SECOND</string><key>ImageName</key><string>second.qcow2</string><key>ImageType</key><string>Disk</string><key>Interface</key><string>IDE</string><key>ReadOnly</key><false/></dict>'
      await writeFile(config, xml.replace(/(<key>Drive<\/key>\s*<array>)/, `$1${drive}`))
      const vars = join(bundle, 'Data/efi_vars.fd')
      await writeFile(vars, 'boot order 1')
      const kept = await facet('snapshots').take(id, { name: 'whole', description: '', memory: false }, op())
      expect(disksOf(id).map(tagsOf)).toEqual([[kept], [kept]])
      await writeFile(vars, 'boot order 2')
      await facet('snapshots').restore(id, kept, op())
      expect(await readFile(vars, 'utf8')).toBe('boot order 1')
      expect(readdirSync(join(bundle, 'Data')).filter((name) => name.includes('back'))).toEqual([])

      // A disk that can't be written to: the other one keeps nothing either.
      await copyFile(second, `${second}.whole`)
      await writeFile(second, 'rubbish')
      const before = tagsOf(disksOf(id).find((path) => path !== second) ?? '')
      await errorFrom(facet('snapshots').take(id, { name: 'half', description: '', memory: false }, op()))
      expect(tagsOf(disksOf(id).find((path) => path !== second) ?? '')).toEqual(before)
      await copyFile(`${second}.whole`, second)
      await rm(`${second}.whole`)
      expect((await facet('snapshots').tree(id, op())).snapshots.filter(({ name }) => name === 'half')).toEqual([])
    })

    it('finishes or takes back what an earlier Berth left half done', async () => {
      const id = await make('half done')
      const taken = await facet('snapshots').take(id, { name: 'whole', description: '', memory: false }, op())
      const file = join(bundleOf(id), 'berth/snapshots.json')
      const tree = JSON.parse(await readFile(file, 'utf8'))
      const [snapshot] = tree.snapshots
      const begun = { ...snapshot, id: 'berth-0000000000000001', phase: 'taking' }
      const record = {
        id: 'r',
        direction: 'restored',
        snapshotId: taken,
        snapshotName: 'whole',
        replaces: null,
        keptAt: snapshot.createdAt,
      }
      await writeFile(
        file,
        JSON.stringify({
          ...tree,
          snapshots: [{ ...snapshot, phase: 'taking' }, begun],
          restores: [{ ...record, state: 'restoring', keptId: taken, phase: 'switching' }],
        }),
      )
      ground().again()
      await ground().provider.recover(op())
      const now = await facet('snapshots').tree(id, op())
      expect(now.snapshots.map((one) => one.id)).toEqual([taken])
      expect(now.restores).toMatchObject([{ state: 'failed', keptId: taken }])
    })
  })

  describe('suspending', () => {
    it('never ends a machine whose memory is not on the disk, whatever UTM says', async () => {
      const id = await make('forgetful')
      await start(id)
      await ground().setFaults({ forgetsSaving: true })
      const error = await errorFrom(facet('suspend').suspend(id, op()))
      expect(error).toMatchObject({ code: 'tool-failed', message: { key: 'utm.error.notKept' } })
      await ground().setFaults({ noSaving: true })
      expect(await errorFrom(facet('suspend').suspend(id, op()))).toMatchObject({
        message: { key: 'utm.error.memory' },
      })
      await ground().setFaults({})
      expect(await read(id)).toMatchObject({ state: 'running' })
      await powerOff(id)
    })

    it('holds a restore off: the memory belongs to the disks as they are', async () => {
      const id = await make('asleep')
      const kept = await facet('snapshots').take(id, { name: 'off', description: '', memory: false }, op())
      await start(id)
      await facet('suspend').suspend(id, op())
      expect(await read(id)).toMatchObject({ state: 'suspended' })
      expect(await errorFrom(facet('snapshots').restore(id, kept, op()))).toMatchObject({ code: 'wrong-state' })
      // Another Berth sees it from UTM's registry, which UTM writes late.
      ground().again()
      await expect.poll(async () => (await read(id))?.state, { timeout: 20_000 }).toBe('suspended')
      await facet('suspend').discard(id, op())
      expect(await read(id)).toMatchObject({ state: 'stopped' })
      await start(id)
      await powerOff(id)
    })
  })

  it('is switched off by its process when UTM’s own way has no effect', async () => {
    const id = await make('stubborn')
    await start(id)
    await ground().setFaults({ ignoresForce: true })
    await powerOff(id)
    expect(await read(id)).toMatchObject({ state: 'stopped' })
    await ground().setFaults({})
  })

  it('goes on though who asked is gone, and is seen on its way', async () => {
    const id = await make('slow')
    await ground().setFaults({ transitionMs: 1_500 })
    const asked = new AbortController()
    const starting = ground().provider.power.start(id, op(asked.signal))
    await expect.poll(async () => (await read(id))?.state, { timeout: 20_000 }).toBe('starting')
    asked.abort()
    expect((await errorFrom(starting)).code).toBe('cancelled')
    await expect.poll(async () => (await read(id))?.state, { timeout: 20_000 }).toBe('running')
    await ground().setFaults({})
    await powerOff(id)
  })

  it('tells its addresses and its system through the guest agent, once somebody watches', async () => {
    const id = await make('agent')
    await start(id)
    await ground().setFaults({
      agents: {
        [uuidOf(id)]: {
          addresses: ['192.168.64.5', 'fe80::1'],
          files: { '/etc/os-release': 'PRETTY_NAME="Debian 12"\n' },
        },
      },
    })
    const told: unknown[] = []
    const stop = ground().provider.watch((change) => void told.push(change))
    await ground().provider.list('utm:local', op())
    await expect.poll(async () => (await read(id))?.addresses, { timeout: 20_000 }).toEqual(['192.168.64.5'])
    await expect.poll(() => told).toContainEqual(expect.objectContaining({ kind: 'upsert' }))
    stop()
    const { facts } = await ground().provider.details(id, op())
    expect(facts.find(({ label }) => label.key === 'utm.fact.system')?.value).toBe('Debian 12')
    await ground().setFaults({})
    await powerOff(id)
  })

  it('has a serial port behind TCP as well, and says of one that UTM shows itself that it is taken', async () => {
    const id = await make('ports')
    const config = join(bundleOf(id), 'config.plist')
    const port = await freePort()
    const tcp = `<dict><key>Mode</key><string>TcpServer</string><key>TcpPort</key><integer>${port}</integer></dict>`
    const own = '<dict><key>Mode</key><string>Terminal</string></dict>'
    // UTM reads configurations when it is opened.
    await ground().quitApp()
    const xml = await readFile(config, 'utf8')
    await writeFile(
      config,
      xml.replace(/(<key>Serial<\/key>)\s*<array>[\s\S]*?<\/array>/, `$1<array>${tcp}${own}</array>`),
    )
    const withheld = async (): Promise<readonly (string | undefined)[]> =>
      (await facet('consoles').options(id, op())).map((option) => option.withheld?.key)
    expect(await withheld()).toEqual(['why.state.stopped', 'utm.console.taken'])
    const error = await errorFrom(facet('consoles').target(id, 'serial1', { user: null, folder: null }, op()))
    expect(error).toMatchObject({ code: 'wrong-state', message: { key: 'utm.console.taken' } })

    await start(id)
    expect(await withheld()).toEqual([undefined, 'utm.console.taken'])
    await note(id, 'over TCP')
    expect(await noted(id)).toBe('over TCP')
    await powerOff(id)
  })

  it('changes memory, cores, network, disc and disk, and reads back what it changed', async () => {
    const id = await make('changed')
    const disc = join(ground().folder, '디스크 "1".iso')
    await writeFile(disc, 'iso')
    const forward = { protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 22_022, guestPort: 22 } as const
    await facet('configure').configure(
      id,
      {
        cpus: 2,
        memoryBytes: 64 * MiB,
        isoPath: disc,
        network: { mode: 'user', forwards: [forward] },
        diskBytes: 16 * MiB,
      },
      op(),
    )
    // UTM writes which disc is in a second later.
    await expect
      .poll(async () => (await facet('configure').read(id, op())).values, { timeout: 20_000 })
      .toEqual({
        cpus: 2,
        memoryBytes: 64 * MiB,
        isoPath: disc,
        network: { mode: 'user', forwards: [forward] },
        diskBytes: 16 * MiB,
      })
    expect((await read(id))?.addresses).toEqual(['127.0.0.1:22022'])
    await facet('configure').configure(id, { isoPath: null, network: { mode: 'none' } }, op())
    await expect
      .poll(async () => (await facet('configure').read(id, op())).values, { timeout: 20_000 })
      .toMatchObject({ isoPath: null, network: { mode: 'none' } })
    expect(await errorFrom(facet('configure').configure(id, { diskBytes: MiB }, op()))).toMatchObject({
      field: 'diskBytes',
    })
  })

  it('refuses a name that is taken and a disk to be used where it is, and leaves nothing', async () => {
    const before = await ground().provider.list('utm:local', op())
    const name = before[0]?.name ?? ''
    expect(await errorFrom(facet('create').create({ ...specOf(name, ground().guestDisk) }, op()))).toMatchObject({
      code: 'already-exists',
      field: 'name',
    })
    const inPlace = { from: 'image', path: ground().guestDisk, format: 'raw', use: 'in-place' } as const
    expect(await errorFrom(make('in place', { disk: inPlace }))).toMatchObject({
      code: 'unsupported',
      field: 'disk.use',
    })
    expect(await ground().provider.list('utm:local', op())).toHaveLength(before.length)
  })
})
