import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MachineId } from '../../../app/domain/ids.ts'
import type { VmSpec } from '../../../app/domain/spec.ts'
import { MiB } from '../../../app/domain/units.ts'
import { errorFrom, op } from '../../conformance/ground.ts'
import { talkTo } from '../../conformance/talk.ts'
import { specOf } from '../../conformance/utm-spec.ts'
import { missingQemu, type UtmGround, utmGround } from '../../support/utm/ground.ts'

/**
 * What machines of UTM do beyond what every provider does, on the stand-in for UTM and real QEMU machines. The real UTM is
 * on macOS only.
 */
describe.skipIf(missingQemu !== null)(
  `UTM (stand-in${missingQemu === null ? '' : `, not here: ${missingQemu}`})`,
  () => {
    let ground: UtmGround
    let made = 0
    beforeAll(async () => {
      ground = await utmGround()
    })
    afterAll(async () => {
      expect(await ground.leave()).toEqual([])
    })

    const make = (name: string, change: Partial<VmSpec> = {}): Promise<MachineId> =>
      facet('create').create({ ...specOf(`${name} ${++made}`, ground.guestDisk), ...change }, op())
    const facet = <
      K extends
        | 'create'
        | 'snapshots'
        | 'suspend'
        | 'remove'
        | 'trash'
        | 'configure'
        | 'clone'
        | 'exporting'
        | 'importing'
        | 'consoles',
    >(
      name: K,
    ): NonNullable<UtmGround['provider'][K]> => {
      const found = ground.provider[name]
      if (found === undefined) throw new Error(`no ${name}`)
      return found
    }
    const uuidOf = (id: MachineId): string => id.slice('utm:'.length)
    const read = (id: MachineId) => ground.provider.read(id, op())
    const start = (id: MachineId): Promise<void> => ground.provider.power.start(id, op())
    const powerOff = (id: MachineId): Promise<void> => ground.provider.power.powerOff(id, op())
    /** Says something to the guest and gives its answer, once it has booted. */
    const ask = async (id: MachineId, typed: string, answer: RegExp): Promise<string> => {
      const target = await facet('consoles').target(id, 'serial0', { user: null, folder: null }, op())
      const talk = await talkTo(target)
      try {
        for (let left = 60; ; left -= 1) {
          talk.type(typed)
          try {
            return answer.exec(await talk.until(answer, 1_000))?.[1] ?? ''
          } catch (error) {
            if (left === 0) throw error
          }
        }
      } finally {
        talk.end()
      }
    }
    const note = async (id: MachineId, text: string): Promise<void> => {
      await ask(id, '?', /\[[^\]]*\]\r\n/)
      await ask(id, `=${text}\n`, /(OK)/)
    }
    const noted = (id: MachineId): Promise<string> => ask(id, '?', /\[([^\]]*)\]\r\n/)
    const bundleOf = (id: MachineId): string => {
      const name = readdirSync(ground.documents).find((entry) =>
        readFileSync(join(ground.documents, entry, 'config.plist'), 'utf8').includes(uuidOf(id)),
      )
      return join(ground.documents, name ?? 'none')
    }
    const disksOf = (id: MachineId): readonly string[] =>
      readdirSync(join(bundleOf(id), 'Data'))
        .filter((name) => name.endsWith('.qcow2'))
        .map((name) => join(bundleOf(id), 'Data', name))
    const tagsOf = (path: string): readonly string[] =>
      (JSON.parse(execFileSync('qemu-img', ['info', '-U', '--output=json', path]).toString()).snapshots ?? []).map(
        (one: { readonly name: string }) => one.name,
      )

    describe('a UTM without snapshots of its own', () => {
      it('takes and restores those of a machine that is off, and says so of one that runs', async () => {
        const id = await make('offline')
        await start(id)
        await note(id, 'before')
        expect((await read(id))?.withheld.snapshot).toEqual({ key: 'utm.why.snapshotRunning' })
        const running = await errorFrom(facet('snapshots').take(id, { name: 'x', description: '', memory: true }, op()))
        expect(running).toMatchObject({ code: 'unsupported', message: { key: 'utm.why.snapshotRunning' } })
        await ground.provider.power.shutDown(id, op())

        const kept = await facet('snapshots').take(
          id,
          { name: '처음 "1"', description: 'two\nlines', memory: false },
          op(),
        )
        await start(id)
        await note(id, 'after')
        await ground.provider.power.shutDown(id, op())
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
        ground.again()
        await ground.provider.recover(op())
        const now = await facet('snapshots').tree(id, op())
        expect(now.snapshots.map((one) => one.id)).toEqual([taken])
        expect(now.restores).toMatchObject([{ state: 'failed', keptId: taken }])
      })
    })

    describe('suspending', () => {
      it('never ends a machine whose memory is not on the disk, whatever UTM says', async () => {
        const id = await make('forgetful')
        await start(id)
        await ground.setFaults({ forgetsSaving: true })
        const error = await errorFrom(facet('suspend').suspend(id, op()))
        expect(error).toMatchObject({ code: 'tool-failed', message: { key: 'utm.error.notKept' } })
        await ground.setFaults({ noSaving: true })
        expect(await errorFrom(facet('suspend').suspend(id, op()))).toMatchObject({
          message: { key: 'utm.error.memory' },
        })
        await ground.setFaults({})
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
        ground.again()
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
      await ground.setFaults({ ignoresForce: true })
      await powerOff(id)
      expect(await read(id)).toMatchObject({ state: 'stopped' })
      await ground.setFaults({})
    })

    it('goes on though who asked is gone, and is seen on its way', async () => {
      const id = await make('slow')
      await ground.setFaults({ transitionMs: 1_500 })
      const asked = new AbortController()
      const starting = ground.provider.power.start(id, op(asked.signal))
      await expect.poll(async () => (await read(id))?.state, { timeout: 20_000 }).toBe('starting')
      asked.abort()
      expect((await errorFrom(starting)).code).toBe('cancelled')
      await expect.poll(async () => (await read(id))?.state, { timeout: 20_000 }).toBe('running')
      await ground.setFaults({})
      await powerOff(id)
    })

    it('tells its addresses and its system through the guest agent, once somebody watches', async () => {
      const id = await make('agent')
      await start(id)
      await ground.setFaults({
        agents: {
          [uuidOf(id)]: {
            addresses: ['192.168.64.5', 'fe80::1'],
            files: { '/etc/os-release': 'PRETTY_NAME="Debian 12"\n' },
          },
        },
      })
      const told: unknown[] = []
      const stop = ground.provider.watch((change) => void told.push(change))
      await ground.provider.list('utm:local', op())
      await expect.poll(async () => (await read(id))?.addresses, { timeout: 20_000 }).toEqual(['192.168.64.5'])
      await expect.poll(() => told).toContainEqual(expect.objectContaining({ kind: 'upsert' }))
      stop()
      const { facts } = await ground.provider.details(id, op())
      expect(facts.find(({ label }) => label.key === 'utm.fact.system')?.value).toBe('Debian 12')
      await ground.setFaults({})
      await powerOff(id)
    })

    it('has a serial port behind TCP as well, and says of one that UTM shows itself that it is taken', async () => {
      const id = await make('ports')
      const config = join(bundleOf(id), 'config.plist')
      const port = await freePort()
      const tcp = `<dict><key>Mode</key><string>TcpServer</string><key>TcpPort</key><integer>${port}</integer></dict>`
      const own = '<dict><key>Mode</key><string>Terminal</string></dict>'
      // UTM reads configurations when it is opened.
      await ground.quitApp()
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
      const disc = join(ground.folder, '디스크 "1".iso')
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
      const before = await ground.provider.list('utm:local', op())
      const name = before[0]?.name ?? ''
      expect(await errorFrom(facet('create').create({ ...specOf(name, ground.guestDisk) }, op()))).toMatchObject({
        code: 'already-exists',
        field: 'name',
      })
      const inPlace = { from: 'image', path: ground.guestDisk, format: 'raw', use: 'in-place' } as const
      expect(await errorFrom(make('in place', { disk: inPlace }))).toMatchObject({
        code: 'unsupported',
        field: 'disk.use',
      })
      expect(await ground.provider.list('utm:local', op())).toHaveLength(before.length)
    })

    it('clones what a snapshot kept', async () => {
      const id = await make('origin')
      await start(id)
      await note(id, 'then')
      await ground.provider.power.shutDown(id, op())
      const snapshotId = await facet('snapshots').take(id, { name: 'then', description: '', memory: false }, op())
      await start(id)
      await note(id, 'now')
      await ground.provider.power.shutDown(id, op())
      const copy = await facet('clone').clone(id, { name: `copy ${made}`, mode: 'full', snapshotId }, op())
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
        const kept = join(ground.host.dataDir, 'trash', trashId ?? '')
        const [name = ''] = readdirSync(kept).filter((entry) => entry.endsWith('.utm'))
        expect(readdirSync(join(kept, name, 'Data'))).toContain(disk)
        expect(await facet('trash').recover(trashId ?? '', op())).toBe(id)
        expect(existsSync(join(bundleOf(id), 'Data', disk))).toBe(true)
        expect(existsSync(kept)).toBe(false)
      })

      it('puts everything back when UTM refuses, and keeps it when UTM does not say', async () => {
        const id = await make('refused')
        const bundle = bundleOf(id)
        const remove = (): Promise<unknown> => facet('remove').remove(id, { volumes: [] }, op())
        // The tool answers everything but the removal.
        const plain = ground.host.findTool
        const refusing = join(ground.folder, 'refusing')
        const tool = (await plain('utmctl')) ?? ''
        const write = (line: string): Promise<void> =>
          writeFile(refusing, `#!/bin/sh\nif [ "$1" = delete ]; then ${line}; fi\nexec "${tool}" "$@"\n`, {
            mode: 0o755,
          })
        const host = { ...ground.host, findTool: async (name: string) => (name === 'utmctl' ? refusing : plain(name)) }
        const { createUtmProvider } = await import('../../../main/providers/utm/provider.ts')
        ground.provider = createUtmProvider(host, { home: join(ground.folder, 'home'), env: {} })

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
        ground.again()
        await ground.provider.recover(op())
        expect(await facet('trash').list(op())).toHaveLength(1)
      })
    })

    describe('moving to another Mac', () => {
      it('exports a bundle whole and imports it under a name, with its snapshots', async () => {
        const id = await make('traveller')
        await facet('snapshots').take(id, { name: 'packed', description: '', memory: false }, op())
        const path = join(ground.folder, 'abroad/머신 "1".utm')
        await mkdir(join(ground.folder, 'abroad'))
        await facet('exporting').export(id, { path, format: 'utm' }, op())
        expect(readdirSync(join(ground.folder, 'abroad'))).toEqual(['머신 "1".utm'])
        expect(await errorFrom(facet('exporting').export(id, { path, format: 'utm' }, op()))).toMatchObject({
          code: 'already-exists',
        })

        expect(await facet('importing').inspect?.(path, op())).toMatchObject({ cpus: 1, memoryBytes: 32 * MiB })
        const came = await facet('importing').import('utm:local', { path, name: `arrived ${made}` }, op())
        expect(came).not.toBe(id)
        expect(await read(came)).toMatchObject({ name: `arrived ${made}`, state: 'stopped' })
        expect((await facet('snapshots').tree(came, op())).snapshots.map(({ name }) => name)).toEqual(['packed'])
        await start(came)
        await powerOff(came)
        expect(existsSync(path)).toBe(true)
      })

      it('refuses what is no machine of UTM', async () => {
        const folder = join(ground.folder, 'no.utm')
        await mkdir(folder)
        await writeFile(join(folder, 'config.plist'), 'words')
        expect(
          await errorFrom(facet('importing').import('utm:local', { path: folder, name: null }, op())),
        ).toMatchObject({ code: 'invalid-input', field: 'path' })
      })
    })
  },
)

/** A port of this computer that nobody has at the moment. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0))
    })
  })
}
