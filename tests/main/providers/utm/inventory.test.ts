import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildBinary } from 'plist'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Machine } from '../../../../app/domain/machine.ts'
import type { Endpoint } from '../../../../app/domain/provider.ts'
import { write } from '../../../../app/messages/write.ts'
import { providerEntries } from '../../../../main/providers/index.ts'
import type { Attention } from '../../../../main/providers/provider.ts'
import { parsePlist } from '../../../../main/providers/utm/plist.ts'
import { createUtmProvider } from '../../../../main/providers/utm/provider.ts'
import { errorFrom, op } from '../../../conformance/ground.ts'
import { hostileNames } from '../../../conformance/hostile-names.ts'
import { type UtmGround, utmGround } from '../../../support/utm/ground.ts'
import { configOf, writeBundle } from './bundles.ts'

const uuid = '8EB11628-544C-44BF-9EDE-4A65A616BEE2'
const other = '11111111-2222-4333-8444-555555555555'
/** Programs are started, on whatever else this computer does. */
const slow = 60_000

let ground: UtmGround
beforeEach(async () => {
  ground = await utmGround()
})
afterEach(async () => {
  expect(await ground.leave()).toEqual([])
}, slow)

const list = (): Promise<readonly Machine[]> => ground.provider.list('utm:local', op())
/** UTM has written its registry. */
const written = (): Promise<unknown> =>
  expect.poll(async () => (await readFile(ground.preferences).catch(() => null)) !== null, { timeout: slow }).toBe(true)
const endpoint = async (): Promise<Endpoint | undefined> => (await ground.provider.probe(op())).endpoints[0]
/** UTM's app, as if the person had opened it. */
const open = (): Promise<string> => ground.outside('list')

describe('where UTM is spoken of', () => {
  it('is macOS alone', () => {
    const ids = (platform: NodeJS.Platform): readonly string[] =>
      providerEntries({ mock: false }, {}, platform).map(({ id }) => id)
    expect(ids('darwin')).toContain('utm')
    for (const platform of ['linux', 'win32'] as const) expect(ids(platform)).not.toContain('utm')
  })
})

describe('UTM’s machines', { timeout: slow }, () => {
  it('are listed from their bundles while UTM is not open, and looking does not open it', async () => {
    await writeBundle(ground.documents)
    expect(await list()).toEqual([
      expect.objectContaining({
        id: `utm:${uuid}`,
        name: 'web',
        state: 'stopped',
        os: 'Debian',
        arch: 'aarch64',
        cpus: 4,
        memoryBytes: 2048 * 1024 * 1024,
        addresses: ['127.0.0.1:2222'],
      }),
    ])
    expect(await ground.provider.read(`utm:${uuid}`, op())).toMatchObject({ state: 'stopped' })
    const found = await endpoint()
    expect(found).toMatchObject({ state: 'ready', version: '5.0.3' })
    expect(found?.notices.map(({ text }) => text.key)).toContain('utm.notice.closed')
    expect(ground.appRuns()).toBe(false)
  })

  it('are listed as UTM says once it is open, with a configuration in either notation', async () => {
    await writeBundle(ground.documents, { binary: true, apple: true })
    await open()
    const [machine] = await list()
    expect(machine).toMatchObject({ name: 'web', state: 'stopped', os: 'macOS', remark: { key: 'utm.remark.apple' } })
    expect(write(machine?.withheld.snapshot ?? { key: 'error.bug' }, 'en')).toContain('Apple')
    await ground.provider.power.start(`utm:${uuid}`, op())
    expect(await list()).toEqual([expect.objectContaining({ state: 'running' })])
    await ground.provider.power.powerOff(`utm:${uuid}`, op())
    expect(await list()).toEqual([expect.objectContaining({ state: 'stopped' })])
  })

  it('keep hostile names whole through a list that is made of lines', async () => {
    const names = [...hostileNames, `fake\n${other} started  not a machine`]
    for (const [index, name] of names.entries()) {
      const id = `8EB11628-544C-44BF-9EDE-4A65A616BE${String(index).padStart(2, '0')}`
      await writeBundle(ground.documents, { name, uuid: id, folder: `machine-${index}` })
    }
    await open()
    expect((await list()).map(({ name }) => name).sort()).toEqual([...names].sort())
  })

  it('are each there once, though a bundle was copied, and say so', async () => {
    const first = await writeBundle(ground.documents, { folder: 'first' })
    await open()
    await writeBundle(ground.documents, { folder: 'second' })
    expect(await list()).toHaveLength(1)
    const { notices, facts } = await ground.provider.details(`utm:${uuid}`, op())
    expect(notices.map(({ text }) => text.key)).toEqual(['utm.notice.twin'])
    // The registry remembers which of them it is.
    await written()
    expect(facts.map(({ value }) => value)).toContain(first)
  })

  it('stay listed when their bundle is gone, are not to be started, and nothing is removed for them', async () => {
    const path = await writeBundle(ground.documents)
    await open()
    await written()
    await rename(path, `${path}.moved`)
    const [machine] = await list()
    expect(machine).toMatchObject({ name: 'web', state: 'inaccessible', remark: { key: 'utm.remark.gone' } })
    expect(machine?.withheld.remove).toEqual({ key: 'utm.remark.gone' })
    const error = await errorFrom(ground.provider.remove?.remove(`utm:${uuid}`, { volumes: [] }, op()) ?? list())
    expect(error).toMatchObject({ code: 'not-found', message: { key: 'utm.remark.gone' } })
  })

  it('do not vanish because one bundle holds rubbish: that one is listed with the reason', async () => {
    await writeBundle(ground.documents)
    const whole = Buffer.from(await readFile(join(ground.documents, 'web.utm/config.plist')))
    const rubbish: Readonly<Record<string, Uint8Array>> = {
      truncated: whole.subarray(0, Math.floor(whole.length / 2)),
      empty: Buffer.alloc(0),
      words: Buffer.from('these are words'),
      binary: Buffer.concat([Buffer.from('bplist00'), Buffer.alloc(64, 0xff)]),
      huge: Buffer.alloc(20 * 1024 * 1024, '<plist>'),
      other: Buffer.from(buildBinary({ Information: 'none' })),
    }
    for (const [name, bytes] of Object.entries(rubbish)) {
      await mkdir(join(ground.documents, `${name}.utm`))
      await writeFile(join(ground.documents, `${name}.utm/config.plist`), bytes)
    }
    const machines = await list()
    expect(machines.filter(({ state }) => state === 'stopped').map(({ name }) => name)).toEqual(['web'])
    const broken = machines.filter(({ state }) => state === 'inaccessible')
    expect(broken.map(({ name }) => name).sort()).toEqual(Object.keys(rubbish).sort())
    for (const { id } of broken) {
      expect(await ground.provider.read(id, op())).toMatchObject({ state: 'inaccessible' })
      const { inspect, facts } = await ground.provider.details(id, op())
      expect(inspect).not.toBeNull()
      expect(facts.map(({ label }) => label.key)).toEqual(['utm.fact.bundle'])
    }
  })

  it('from before UTM 4 are neither broken nor gone: UTM runs them, and Berth says why it knows little of them', async () => {
    const path = await writeBundle(ground.documents)
    await open()
    await written()
    await writeFile(join(path, 'config.plist'), buildBinary({ ConfigurationVersion: 3, System: { Memory: 512 } }))
    const machines = await list()
    expect(machines).toEqual([expect.objectContaining({ state: 'stopped', remark: { key: 'utm.remark.old' } })])
  })

  it('that a person suspended in UTM are suspended, and only while there is a memory to wake to', async () => {
    const path = await writeBundle(ground.documents, { apple: true })
    await mkdir(join(ground.preferences, '..'), { recursive: true })
    const registry = { [uuid]: { Package: { Path: path }, Suspended: true, ExternalDrives: {} }, [other]: 'rubbish' }
    await writeFile(ground.preferences, buildBinary({ Registry: registry }))
    expect(await list()).toEqual([expect.objectContaining({ state: 'stopped' })])
    await writeFile(join(path, 'Data/vmstate'), 'memory')
    expect(await list()).toEqual([expect.objectContaining({ state: 'suspended' })])
  })

  it('tell of a bundle that comes, changes or goes, and of what runs, without anybody asking', async () => {
    await writeBundle(ground.documents, { apple: true })
    await open()
    await list()
    const told: string[] = []
    const stop = ground.provider.watch((change) => void told.push(change.kind))
    await rm(join(ground.documents, 'web.utm/config.plist'))
    await expect.poll(() => told.length, { timeout: slow }).toBeGreaterThan(0)
    await writeBundle(ground.documents, { apple: true })
    await list()
    told.length = 0
    await ground.outside('start', uuid)
    await expect.poll(() => told.length, { timeout: slow }).toBeGreaterThan(0)
    stop()
  })

  it('are not asked about while nobody looks, and are as soon as somebody does', async () => {
    await writeBundle(ground.documents)
    let tell = (_isWatched: boolean): void => {}
    const attention: Attention = {
      isWatched: () => false,
      onChanged: (listener) => {
        tell = listener
        return () => {}
      },
    }
    const started: string[] = []
    const run: typeof ground.host.exec.run = (command, options) => {
      started.push(command.file)
      return ground.host.exec.run(command, options)
    }
    const host = { ...ground.host, attention, exec: { ...ground.host.exec, run } }
    const provider = createUtmProvider(host, { home: join(ground.folder, 'home'), env: {} })
    const told: string[] = []
    const stop = provider.watch((change) => void told.push(change.kind))
    // What the disk says by itself costs nothing and is heard all the same.
    await rm(join(ground.documents, 'web.utm/config.plist'))
    await expect.poll(() => told.length, { timeout: slow }).toBeGreaterThan(0)
    expect(started).toEqual([])
    tell(true)
    await expect.poll(() => started.length, { timeout: slow }).toBeGreaterThan(0)
    stop()
  })
})

describe('a property list', () => {
  it('is read in both notations, and what is none is refused with the reason', () => {
    const config = configOf()
    expect(parsePlist(buildBinary(config))).toEqual(config)
    for (const text of ['', 'words', '<plist><dict><key>a</key>', '<?xml version="1.0"?><html></html>', '{"a":1}']) {
      expect(() => parsePlist(Buffer.from(text))).toThrow()
    }
  })
})
