import { mkdir, rename, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { write } from '../../../app/messages/write.ts'
import { createVirtualBoxProvider } from '../../../main/providers/virtualbox/provider.ts'
import { errorFrom, op, temporaryHost } from '../../conformance/ground.ts'
import { missingVirtualBox } from '../../support/virtualbox-lab.ts'
import { isNow, type LabGround, labGround } from './base-ground.ts'

describe.skipIf(missingVirtualBox !== null)('VirtualBox machines', () => {
  let ground: LabGround
  beforeAll(async () => {
    ground = await labGround('live-machines')
  })
  afterAll(async () => {
    expect(await ground.leave()).toEqual([])
  })

  it('are listed by their names, whatever they are, with their groups kept', async () => {
    const { lab, provider } = ground
    const names = [
      'He said "hi" \'there\'',
      'weird" {11111111-0000-4000-8000-000000000000}',
      'line1\nline2',
      '  tab\tand edges  ',
      '서명 실습용 머신',
      '--dash',
      '`x` $HOME %PATH% \\ ;',
    ]
    const made = new Map<string, string>()
    for (const name of names) {
      const said = await lab.manage('createvm', `--name=${name}`, '--register', '--groups', '/servers/db,/mine')
      made.set(`virtualbox:${/^UUID: (\S+)$/m.exec(said)?.[1]}`, name)
    }
    const listed = new Map((await provider.list('virtualbox:local', op())).map((one) => [one.id, one.name]))
    for (const [id, name] of made) expect(listed.get(id as `virtualbox:${string}`)).toBe(name)
    const [first = 'virtualbox:'] = made.keys()
    const { facts } = await provider.details(first as `virtualbox:${string}`, op())
    expect(facts.find(({ label }) => label.key === 'virtualbox.fact.groups')?.value).toBe('/servers/db, /mine')
  })

  it('of another registry are neither seen nor touched', async () => {
    const { lab } = ground
    const mine = await lab.make('mine')
    const before = process.env['VBOX_USER_HOME']
    process.env['VBOX_USER_HOME'] = join(lab.folder, 'somebody-else')
    const { host, remove } = await temporaryHost()
    const other = createVirtualBoxProvider(host)
    process.env['VBOX_USER_HOME'] = before
    expect(await other.read(ground.idOf(mine), op())).toBeNull()
    expect((await errorFrom(other.power.start(ground.idOf(mine), op()))).code).toBe('not-found')
    await other.dispose()
    await remove()
  })

  it('that cannot be read are found again at another place, and refuse another machine’s file', async () => {
    const { lab, provider } = ground
    const [uuid, other] = [await lab.make('moved away'), await lab.make('another')]
    const id = ground.idOf(uuid)
    const from = join(lab.machineFolder, 'moved away')
    const to = join(lab.folder, 'elsewhere', 'moved away')
    await mkdir(join(lab.folder, 'elsewhere'))
    await rename(from, to)
    await ground.heard(0, isNow(uuid, 'inaccessible'))
    const error = await errorFrom(provider.power.start(id, op()))
    expect(error).toMatchObject({ code: 'output-unreadable', message: { key: 'virtualbox.error.inaccessible' } })
    expect(write(error.hint ?? error.message, 'ko')).not.toMatch(/\{|virtualbox\./)

    const locate = (path: string): Promise<void> => provider.locate?.locate(id, path, op()) ?? Promise.reject()
    const foreign = join(lab.machineFolder, 'another', 'another.vbox')
    expect(await errorFrom(locate(foreign))).toMatchObject({
      code: 'invalid-input',
      message: { key: 'virtualbox.error.otherMachine', params: { name: 'another' } },
    })
    await writeFile(join(lab.folder, 'no.vbox'), 'nothing')
    expect(await errorFrom(locate(join(lab.folder, 'no.vbox')))).toMatchObject({ code: 'invalid-input', field: 'path' })
    expect((await ground.machine(uuid)).state).toBe('inaccessible')

    await locate(join(to, 'moved away.vbox'))
    expect(await ground.machine(uuid)).toMatchObject({ state: 'stopped', name: 'moved away' })
    expect((await ground.machine(other)).state).toBe('stopped')
    await provider.power.powerOff(id, op())
  })

  it('that cannot be read can be forgotten, and nothing of them is deleted', async () => {
    const { lab, provider } = ground
    const uuid = await lab.make('forgotten')
    const folder = join(lab.machineFolder, 'forgotten')
    const since = performance.now()
    await rename(folder, `${folder} kept`)
    await ground.heard(0, isNow(uuid, 'inaccessible'))
    const plan = await provider.remove?.plan(ground.idOf(uuid), op())
    expect(plan?.blockedBy).toEqual([])
    await provider.remove?.remove(ground.idOf(uuid), { volumes: [] }, op())
    expect(await provider.read(ground.idOf(uuid), op())).toBeNull()
    expect(await lab.manage('list', 'vms')).not.toContain(uuid)
    // Its files are where they were put: it can be registered again.
    await rename(`${folder} kept`, folder)
    await lab.manage('registervm', join(folder, 'forgotten.vbox'))
    await ground.heard(since, isNow(uuid, 'stopped'))
  })

  it('say in which way they did not start', async () => {
    const { lab, provider } = ground
    const uuid = await lab.make('broken')
    const id = ground.idOf(uuid)
    const disk = join(lab.machineFolder, 'broken', 'guest.vdi')
    await rename(disk, `${disk}.away`)
    expect(await errorFrom(provider.power.start(id, op()))).toMatchObject({
      code: 'not-found',
      message: { key: 'virtualbox.error.mediumMissing', params: { path: disk } },
    })
    expect((await ground.machine(uuid)).state).toBe('stopped')
    await rename(`${disk}.away`, disk)
    await lab.manage('modifyvm', uuid, '--nic1', 'bridged', '--bridge-adapter1', 'nosuch0')
    expect(await errorFrom(provider.power.start(id, op()))).toMatchObject({
      code: 'not-found',
      message: { key: 'virtualbox.error.interface' },
    })
    await lab.manage('modifyvm', uuid, '--nic1', 'none')
    await provider.power.start(id, op())
    await provider.power.powerOff(id, op())
  })

  it('say which forwarded port another program has, though VirtualBox says nothing', async () => {
    const { lab, provider } = ground
    const uuid = await lab.make('forwarding')
    const id = ground.idOf(uuid)
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as AddressInfo
    const free = port === 65_535 ? port - 1 : port + 1
    const rule = (name: string, hostPort: number): readonly string[] => [
      '--natpf1',
      `${name},tcp,127.0.0.1,${hostPort},,22`,
    ]
    await lab.manage('modifyvm', uuid, '--nic1', 'nat', ...rule('taken', port), ...rule('free', free))
    await provider.power.start(id, op())
    expect(await ground.machine(uuid)).toMatchObject({
      state: 'running',
      remark: { key: 'virtualbox.remark.lostPort', params: { port: String(port) } },
      addresses: [`127.0.0.1:${free}`],
    })
    expect((await provider.details(id, op())).notices).toHaveLength(1)
    await provider.power.powerOff(id, op())
    await new Promise((resolve) => taken.close(resolve))
    expect((await ground.machine(uuid)).remark).toBeNull()
  })

  it('start without a window where this VirtualBox has no program for the one they are set to', async () => {
    const { lab, provider } = ground
    const uuid = await lab.make('windowed')
    await lab.manage('modifyvm', uuid, '--default-frontend', 'gui')
    const started = op()
    await provider.power.start(ground.idOf(uuid), started)
    expect((await ground.machine(uuid)).state).toBe('running')
    // Asked for a window that cannot be, VirtualBox would only lose time in failing.
    expect(started.commands.some(({ line }) => line.includes('--type gui'))).toBe(false)
    await provider.power.powerOff(ground.idOf(uuid), op())
  })

  it('are powered off though their process does not answer VirtualBox', async () => {
    const { lab, provider } = ground
    const uuid = await lab.make('stuck')
    const id = ground.idOf(uuid)
    await provider.power.start(id, op())
    const pid = (await lab.pidOf(uuid)) ?? 0
    process.kill(pid, 'SIGSTOP')
    await provider.power.powerOff(id, op())
    expect(await lab.pidOf(uuid)).toBeNull()
    expect((await ground.machine(uuid)).state).toMatch(/stopped|crashed/)
  })

  it('that are saved and killed on the way back keep what was saved', async () => {
    const { lab, provider } = ground
    const uuid = await lab.make('saved')
    const id = ground.idOf(uuid)
    await provider.power.start(id, op())
    await lab.write(uuid, 'kept')
    await provider.suspend?.suspend(id, op())
    expect(await ground.machine(uuid)).toMatchObject({ state: 'suspended', nativeState: 'saved' })
    await provider.power.start(id, op())
    expect(await lab.read(uuid)).toBe('kept')
    // What VirtualBox itself does when the computer shuts down.
    const since = performance.now()
    process.kill((await lab.pidOf(uuid)) ?? 0, 'SIGTERM')
    await ground.heard(since, isNow(uuid, 'suspended'))
    await provider.suspend?.discard(id, op())
    expect((await ground.machine(uuid)).state).toBe('stopped')
  })

  it('leave no start behind that was called off', async () => {
    const { lab, provider } = ground
    const uuid = await lab.make('called off')
    const id = ground.idOf(uuid)
    const controller = new AbortController()
    const since = performance.now()
    const start = errorFrom(provider.power.start(id, op(controller.signal)))
    await ground.heard(since, isNow(uuid, 'starting'))
    controller.abort()
    expect((await start).code).toBe('cancelled')
    expect((await ground.machine(uuid)).state).toBe('stopped')
  })
})
