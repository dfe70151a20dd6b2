import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Attention, Host, Provider, ProviderChange } from '../../../../main/providers/provider.ts'
import { createVirtualBoxProvider } from '../../../../main/providers/virtualbox/provider.ts'
import { errorFrom, op, temporaryHost } from '../../../conformance/ground.ts'
import { recording } from './recordings.ts'

const standIn = join(import.meta.dirname, '../../../fixtures/bin/vboxmanage.mjs')
const files = join(import.meta.dirname, '../../../fixtures/cli/virtualbox/files')
const uuid = 'b2660ce6-f2ec-480a-924c-c176c7128229'

interface Answer {
  readonly stdout?: string
  readonly stderr?: string
  readonly exitCode?: number | null
}

describe('VirtualBox as it may be found', () => {
  let place: Awaited<ReturnType<typeof temporaryHost>>
  let home = ''
  const made: Provider[] = []
  beforeEach(async () => {
    place = await temporaryHost()
    home = join(place.folder, 'home')
    await mkdir(home)
    process.env['BERTH_STAND_IN'] = join(place.folder, 'stand-in.json')
    process.env['VBOX_USER_HOME'] = home
  })
  afterEach(async () => {
    for (const one of made.splice(0)) await one.dispose()
    delete process.env['BERTH_STAND_IN']
    delete process.env['VBOX_USER_HOME']
    await place.remove()
  })

  /** A provider whose VBoxManage says these things. */
  const provider = async (
    said: Readonly<Record<string, Answer | 'hang'>>,
    more: { readonly locales?: readonly string[]; readonly host?: Partial<Host> } = {},
  ): Promise<Provider> => {
    await writeFile(process.env['BERTH_STAND_IN'] ?? '', JSON.stringify({ said, locales: more.locales }))
    const findTool = async (): Promise<string> => standIn
    const one = createVirtualBoxProvider({ ...place.host, findTool, ...more.host })
    made.push(one)
    return one
  }
  const calls = async (): Promise<readonly string[]> =>
    (await readFile(`${process.env['BERTH_STAND_IN']}.calls`, 'utf8').catch(() => ''))
      .split('\n')
      .filter((line) => line !== '')
  const version = recording('version')

  /** One machine in the registry, whose file is a recorded one. */
  const register = async (): Promise<string> => {
    const path = join(place.folder, 'machine', 'machine.vbox')
    await mkdir(join(place.folder, 'machine'))
    await writeFile(path, await readFile(join(files, 'tree.vbox')))
    const entry = `<MachineEntry uuid="{${uuid}}" src="${path}"/>`
    const registry = `<VirtualBox><Global><MachineRegistry>${entry}</MachineRegistry></Global></VirtualBox>`
    await writeFile(join(home, 'VirtualBox.xml'), registry)
    return path
  }

  it('is missing, with how to get it', async () => {
    const one = await provider({}, { host: { findTool: async () => null } })
    const [endpoint] = (await one.probe(op())).endpoints
    expect(endpoint).toMatchObject({ state: 'missing', error: { code: 'tool-missing' } })
    expect(endpoint?.remedies).toHaveLength(1)
  })

  it('is ready behind the warning of Debian’s wrapper, which becomes a notice with a remedy', async () => {
    const one = await provider({ '--version': recording('wrapper-version-no-vboxdrv') })
    const [endpoint] = (await one.probe(op())).endpoints
    expect(endpoint).toMatchObject({
      state: 'ready',
      version: '7.2.22_Debianr175245',
      notices: [{ level: 'warning', text: { key: 'virtualbox.notice.noDriver' } }],
      remedies: [{ title: { key: 'virtualbox.remedy.driver' } }],
    })
  })

  it('is asked in another locale where the usual one does not exist', async () => {
    await register()
    const list = { stdout: `"x" {${uuid}}\n` }
    const said = { '--version': version, 'list vms': list, 'list runningvms': {} }
    const one = await provider(said, { locales: ['en_US.UTF-8'] })
    expect((await one.probe(op())).endpoints[0]?.state).toBe('ready')
    expect(await one.list('virtualbox:local', op())).toHaveLength(1)
  })

  it('is broken, with a remedy, where no locale can say every name', async () => {
    const one = await provider({ '--version': version }, { locales: [] })
    expect((await one.probe(op())).endpoints[0]).toMatchObject({
      state: 'broken',
      error: { code: 'unsupported', message: { key: 'virtualbox.error.locale' } },
      remedies: [{ title: { key: 'virtualbox.remedy.locale' } }],
    })
  })

  it('is too old, or not what it says it is', async () => {
    const old = await provider({ '--version': { stdout: '5.2.44r139111\n' } })
    expect((await old.probe(op())).endpoints[0]?.state).toBe('too-old')
    const odd = await provider({ '--version': { stdout: 'hello\n' } })
    expect((await odd.probe(op())).endpoints[0]?.state).toBe('broken')
  })

  it('lists from its files while its own list stands still', async () => {
    await register()
    const one = await provider({ '--version': version, 'list vms': 'hang' })
    const since = performance.now()
    const machines = await one.list('virtualbox:local', op())
    // Two seconds of patience, not the minute that its list may take.
    expect(performance.now() - since).toBeLessThan(40_000)
    expect(machines).toMatchObject([{ state: 'stopped', cpus: 3, os: 'Debian 12 (64-bit)' }])
  })

  it('says of a machine that it could not load that it is inaccessible', async () => {
    await register()
    const list = { stdout: `"<inaccessible>" {${uuid}}\n` }
    const one = await provider({ 'list vms': list, 'list runningvms': {} })
    const [machine] = await one.list('virtualbox:local', op())
    expect(machine).toMatchObject({ state: 'inaccessible', remark: { key: 'virtualbox.remark.refused' } })
    expect((await errorFrom(one.power.start(`virtualbox:${uuid}`, op()))).code).toBe('output-unreadable')
  })

  it('says how many port forwards of a machine cannot be read, and shows the others', async () => {
    const path = await register()
    const settings = await readFile(path, 'utf8')
    const dns = '<Forwarding name="dns" proto="0" hostport="5353" guestip="10.0.2.15" guestport="53"/>'
    const bad = [
      '<Forwarding name="no port" proto="1" guestport="22"/>',
      '<Forwarding name="text" proto="1" hostport="many" guestport="22"/>',
      '<Forwarding name="large" proto="1" hostport="70000" guestport="22"/>',
      '<Forwarding name="protocol" proto="7" hostport="7000" guestport="22"/>',
    ]
    await writeFile(path, settings.replaceAll(dns, bad.join('')))
    const list = { stdout: `"x" {${uuid}}\n` }
    const one = await provider({ '--version': version, 'list vms': list, 'list runningvms': {} })
    await one.list('virtualbox:local', op())
    const { notices, facts } = await one.details(`virtualbox:${uuid}`, op())
    expect(notices).toEqual([
      { level: 'warning', text: { key: 'virtualbox.notice.unreadForwards', params: { count: 4 } } },
    ])
    const forwards = facts.filter(({ label }) => label.key === 'virtualbox.fact.forward')
    expect(forwards.map(({ value }) => value)).toEqual(['127.0.0.1:2222 → 22/tcp'])
  })

  it('is asked where its files are when the registry was not found', async () => {
    const path = await register()
    await writeFile(join(home, 'VirtualBox.xml'), '<VirtualBox><Global/></VirtualBox>')
    const long = `Name: x\nUUID:                        ${uuid}\nConfig file:                 ${path}\n`
    const list = { stdout: `"x" {${uuid}}\n` }
    const one = await provider({ 'list vms': list, 'list runningvms': {}, 'list --long vms': { stdout: long } })
    expect(await one.list('virtualbox:local', op())).toMatchObject([{ state: 'stopped', cpus: 3 }])
  })

  it('tells that a machine runs though no log of it says so', async () => {
    await register()
    const list = { stdout: `"x" {${uuid}}\n` }
    const one = await provider({ 'list vms': list, 'list runningvms': list })
    expect(await one.list('virtualbox:local', op())).toMatchObject([{ state: 'running' }])
  })

  describe('whose process ended just now, after the word that it saved its memory', () => {
    const list = { 'list vms': { stdout: `"x" {${uuid}}\n` }, 'list runningvms': {} }
    beforeEach(async () => {
      const logs = join(dirname(await register()), 'Logs')
      await mkdir(logs)
      const head = (await readFile(join(files, 'VBox.log'), 'utf8')).split('\n').slice(0, 13)
      const lines = head.map((line) => line.replace(/Log opened .*/, `Log opened ${new Date().toISOString()}`))
      const said = ['Running', 'Saving', 'Saved'].map(
        (word) => `00:00:00.1 Console: Machine state changed to '${word}'`,
      )
      await writeFile(join(logs, 'VBox.log'), [...lines, ...said, ''].join('\n'))
    })

    it('is not called off while its settings do not tell of it yet', async () => {
      const one = await provider(list)
      const path = join(place.folder, 'machine', 'machine.vbox')
      expect(await one.list('virtualbox:local', op())).toMatchObject([{ state: 'suspending' }])
      const told = new Promise<ProviderChange>((resolve) => one.watch(resolve))
      const settings = await readFile(path, 'utf8')
      await writeFile(path, settings.replace('<Machine ', '<Machine stateFile="Snapshots/x.sav" '))
      expect(await told).toMatchObject({ kind: 'upsert', machine: { state: 'suspended' } })
    })

    it('is had written down where VirtualBox knows of the memory and its settings do not', async () => {
      const one = await provider({ ...list, showvminfo: { stdout: 'VMState="saved"\n' }, setextradata: {} })
      await one.list('virtualbox:local', op())
      const told = new Promise<ProviderChange>((resolve) => one.watch(resolve))
      expect(await told).toMatchObject({ kind: 'upsert', machine: { state: 'suspended' } })
      const notes = (await calls()).filter((line) => line.includes('setextradata'))
      expect(notes.map((line) => line.includes('Berth/Saved'))).toEqual([true, true])
    })

    it('is off once VirtualBox says so, should its settings never tell', async () => {
      const one = await provider({ ...list, showvminfo: recording('showvminfo-poweroff-mr') })
      expect(await one.list('virtualbox:local', op())).toMatchObject([{ state: 'suspending' }])
      const told = new Promise<ProviderChange>((resolve) => one.watch(resolve))
      expect(await told).toMatchObject({ kind: 'upsert', machine: { state: 'stopped' } })
    })
  })

  it('is asked nothing while nobody looks, and once when somebody looks again', async () => {
    await register()
    const list = { stdout: `"x" {${uuid}}\n` }
    let tell = (_isWatched: boolean): void => {}
    const attention: Attention = {
      isWatched: () => true,
      onChanged: (listener) => {
        tell = listener
        return () => {}
      },
    }
    const one = await provider({ 'list vms': list, 'list runningvms': {} }, { host: { attention } })
    const stop = one.watch(() => {})
    await one.list('virtualbox:local', op())
    const before = (await calls()).length
    tell(false)
    tell(true)
    expect((await calls()).length).toBe(before)
    stop()
  })

  it('takes a success that left the machine as it was for none', async () => {
    await register()
    const said = {
      'list runningvms': {},
      discardstate: recording('off-discardstate'),
      startvm: recording('startvm-no-driver'),
      showvminfo: recording('showvminfo-poweroff-mr'),
    }
    const one = await provider(said)
    const error = await errorFrom(one.power.start(`virtualbox:${uuid}`, op()))
    expect(error.code).toMatch(/unsupported|tool-failed/)
    expect(error.detail).toContain('terminated unexpectedly')
  })
})
